using System.Text.Json;

namespace AkkaVault.Shared.Vault;

/// <summary>
/// A client for Vault (or OpenBao), with one method for each endpoint. A call that fails throws a <see cref="VaultException"/>; a cancelled
/// call throws an <see cref="OperationCanceledException"/>. The client stores no token: the caller gives each call the token that it uses.
/// </summary>
/// <param name="http">Sends the requests. Its base address is Vault's. The caller disposes it.</param>
/// <param name="approlePath">The mount of the AppRole auth method, below <c>auth/</c>.</param>
/// <param name="ns">Vault's namespace (https://developer.hashicorp.com/vault/docs/enterprise/namespaces); null: none.</param>
public sealed partial class VaultClient(HttpClient http, string approlePath = "approle", string? ns = null)
{
    private const long LongestSeconds = 100L * 365 * 24 * 3600;

    private readonly VaultWire _wire = new(http, ns);

    /// <summary>The same client over another connection.</summary>
    public VaultClient Over(HttpClient other) => new(other, approlePath, ns);

    /// <summary>
    /// <c>PUT auth/approle/role/:role/secret-id</c> with <c>X-Vault-Wrap-TTL</c>: creates a secret_id. Only the holder of the wrapping token
    /// can see it (https://developer.hashicorp.com/vault/api-docs/auth/approle#generate-new-secret-id).
    /// </summary>
    /// <param name="token">The controller's token.</param>
    /// <param name="role">The AppRole.</param>
    /// <param name="wrapTtl">The lifetime of the wrapping token. It is sent as whole seconds, at least one.</param>
    /// <param name="metadata">What Vault's audit log records with this secret_id. Empty values are left out.</param>
    /// <param name="boundCidr">The addresses from which the secret_id and its token can be used, as a CIDR block; null: any.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<WrappingToken> IssueWrappedSecretIdAsync(
        string token, string role, TimeSpan wrapTtl, IReadOnlyDictionary<string, string> metadata, string? boundCidr, CancellationToken cancellation)
    {
        var path = $"auth/{approlePath}/role/{Uri.EscapeDataString(role)}/secret-id";
        // Vault refuses a request that has an empty value.
        var known = metadata.Where(pair => pair.Value.Length > 0).ToDictionary();
        var encoded = known.Count == 0 ? null : JsonSerializer.Serialize(known, VaultJson.Default.DictionaryStringString);
        IReadOnlyList<string>? cidrs = boundCidr is null ? null : [boundCidr];
        var call = VaultCall.Write(HttpMethod.Put, path, token, new SecretIdRequest(encoded, cidrs, cidrs), VaultJson.Default.SecretIdRequest) with { WrapTtl = wrapTtl };
        var answer = await _wire.SendAsync(call, VaultJson.Default.VaultEnvelopeNoData, cancellation).ConfigureAwait(false);
        return answer?.WrapInfo is { Token.Length: > 0 } wrap
            ? new WrappingToken(wrap.Token, wrap.Accessor, Seconds(wrap.Ttl), wrap.CreationTime, wrap.CreationPath)
            : throw call.Lacks("wrap_info.token");
    }

    /// <summary><c>POST sys/wrapping/lookup</c>: the origin of a wrapping token. The token can still be unwrapped afterwards.</summary>
    public async Task<WrappingLookup> LookupWrappingTokenAsync(string wrappingToken, CancellationToken cancellation)
    {
        var call = VaultCall.Write(HttpMethod.Post, "sys/wrapping/lookup", null, new TokenRequest(wrappingToken), VaultJson.Default.TokenRequest);
        var answer = await _wire.SendAsync(call, VaultJson.Default.VaultEnvelopeWrappingLookupData, cancellation).ConfigureAwait(false);
        return answer?.Data is { CreationPath: not null } data
            ? new WrappingLookup(data.CreationPath, data.CreationTime, Seconds(data.CreationTtl))
            : throw call.Lacks("data.creation_path");
    }

    /// <summary><c>PUT sys/wrapping/unwrap</c>: the wrapped secret_id. The call succeeds once for a wrapping token.</summary>
    public async Task<SecretId> UnwrapSecretIdAsync(string wrappingToken, CancellationToken cancellation)
    {
        var call = VaultCall.Write(HttpMethod.Put, "sys/wrapping/unwrap", wrappingToken, new EmptyRequest(), VaultJson.Default.EmptyRequest);
        var answer = await _wire.SendAsync(call, VaultJson.Default.VaultEnvelopeSecretIdData, cancellation).ConfigureAwait(false);
        return answer?.Data is { SecretId.Length: > 0, Accessor: not null } data
            ? new SecretId(data.SecretId, data.Accessor)
            : throw call.Lacks("data.secret_id");
    }

    /// <summary><c>PUT auth/approle/login</c>: a token for a role_id and a secret_id.</summary>
    public Task<VaultAuth> LoginAsync(string roleId, string secretId, CancellationToken cancellation) =>
        LoginAppRoleAsync(approlePath, roleId, secretId, cancellation);

    /// <summary>The same call for a given mount: the controller's own AppRole may have another mount than the AppRoles of pods.</summary>
    public Task<VaultAuth> LoginAppRoleAsync(string mount, string roleId, string secretId, CancellationToken cancellation) =>
        SendForAuthAsync(VaultCall.Write(HttpMethod.Put, $"auth/{mount}/login", null, new LoginRequest(roleId, secretId), VaultJson.Default.LoginRequest), cancellation);

    /// <summary>
    /// <c>POST auth/kubernetes/login</c>: a token for a service account
    /// (https://developer.hashicorp.com/vault/api-docs/auth/kubernetes#login).
    /// </summary>
    /// <param name="mount">The mount of the Kubernetes auth method, below <c>auth/</c>.</param>
    /// <param name="role">The role in that method.</param>
    /// <param name="jwt">The service account's token. A secret.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<VaultAuth> LoginKubernetesAsync(string mount, string role, string jwt, CancellationToken cancellation) =>
        SendForAuthAsync(VaultCall.Write(HttpMethod.Post, $"auth/{mount}/login", null, new JwtLoginRequest(role, jwt), VaultJson.Default.JwtLoginRequest), cancellation);

    /// <summary><c>GET auth/token/lookup-self</c>: the properties of a token.</summary>
    public async Task<TokenLookup> LookupSelfAsync(string token, CancellationToken cancellation)
    {
        var call = VaultCall.Read("auth/token/lookup-self", token);
        var answer = await _wire.SendAsync(call, VaultJson.Default.VaultEnvelopeTokenLookupData, cancellation).ConfigureAwait(false);
        return answer?.Data is { } data
            ? new TokenLookup(
                data.Accessor, Seconds(data.CreationTtl), Seconds(data.Ttl), data.Renewable,
                data.Role, data.Policies ?? [], data.Type ?? "service", data.Path ?? "")
            {
                NumUses = data.NumUses,
                ExplicitMaxTtl = Seconds(data.ExplicitMaxTtl),
                Period = Seconds(data.Period),
                IsOrphan = data.Orphan,
            }
            : throw call.Lacks("data");
    }

    /// <summary><c>PUT auth/token/renew-self</c>: renews a token.</summary>
    public Task<VaultAuth> RenewSelfAsync(string token, CancellationToken cancellation) =>
        SendForAuthAsync(VaultCall.Write(HttpMethod.Put, "auth/token/renew-self", token, new EmptyRequest(), VaultJson.Default.EmptyRequest), cancellation);

    /// <summary>
    /// The same call with a wanted lifetime. Vault grants it as far as the max TTL allows; a periodic token gets its period
    /// (https://developer.hashicorp.com/vault/api-docs/auth/token#renew-a-token-self).
    /// </summary>
    /// <param name="token">The token.</param>
    /// <param name="increment">How long the token is to live from now on. It is sent as whole seconds, at least one.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<VaultAuth> RenewSelfAsync(string token, TimeSpan increment, CancellationToken cancellation)
    {
        var body = new RenewRequest($"{Math.Max(1, (long)increment.TotalSeconds)}s");
        return SendForAuthAsync(VaultCall.Write(HttpMethod.Put, "auth/token/renew-self", token, body, VaultJson.Default.RenewRequest), cancellation);
    }

    /// <summary><c>GET auth/token/roles/:role</c>: the properties of a token role.</summary>
    public async Task<TokenRole> ReadTokenRoleAsync(string token, string role, CancellationToken cancellation)
    {
        var call = VaultCall.Read($"auth/token/roles/{Uri.EscapeDataString(role)}", token);
        var answer = await _wire.SendAsync(call, VaultJson.Default.VaultEnvelopeTokenRoleData, cancellation).ConfigureAwait(false);
        return answer?.Data is { } data
            ? new TokenRole(
                data.Name, data.Renewable, Seconds(Math.Max(data.Period, data.TokenPeriod)),
                Seconds(Math.Max(data.ExplicitMaxTtl, data.TokenExplicitMaxTtl)))
            {
                NumUses = data.TokenNumUses,
            }
            : throw call.Lacks("data");
    }

    /// <summary>
    /// <c>POST auth/token/revoke-accessor</c>. If Vault does not know the accessor (400 <c>invalid accessor</c>), the token no longer
    /// exists; the call then returns false.
    /// </summary>
    public async Task<bool> RevokeAccessorAsync(string token, string accessor, CancellationToken cancellation)
    {
        var call = VaultCall.Write(HttpMethod.Post, "auth/token/revoke-accessor", token, new AccessorRequest(accessor), VaultJson.Default.AccessorRequest);
        try
        {
            await _wire.SendAsync(call, VaultJson.Default.VaultEnvelopeNoData, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (VaultException e) when (e.IsUnknownAccessor)
        {
            return false;
        }
    }

    /// <summary>
    /// <c>PUT :mount/issue/:role</c>: issues a certificate with its key and its chain
    /// (https://developer.hashicorp.com/vault/api-docs/secret/pki#generate-certificate).
    /// </summary>
    /// <param name="token">The controller's token.</param>
    /// <param name="mount">The PKI mount.</param>
    /// <param name="role">The PKI role.</param>
    /// <param name="names">The names and addresses of the certificate.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<IssuedCertificate> IssueCertificateAsync(string token, string mount, string role, CertificateNames names, CancellationToken cancellation)
    {
        var body = new CertificateRequestData(names.CommonName, Listed(names.AlternativeNames), Listed(names.Addresses));
        var call = VaultCall.Write(HttpMethod.Put, $"{mount}/issue/{Uri.EscapeDataString(role)}", token, body, VaultJson.Default.CertificateRequestData);
        var answer = await _wire.SendAsync(call, VaultJson.Default.VaultEnvelopeCertificateData, cancellation).ConfigureAwait(false);
        return answer?.Data is { Certificate.Length: > 0, PrivateKey.Length: > 0 } data
            ? new IssuedCertificate(data.Certificate, data.PrivateKey, data.CaChain ?? (data.IssuingCa is { Length: > 0 } issuer ? [issuer] : []))
            : throw call.Lacks("data.certificate and data.private_key");
    }

    /// <summary><c>GET :mount/ca/pem</c>: the CA certificate of a PKI mount. It needs no token.</summary>
    public async Task<string> ReadCaCertificateAsync(string mount, CancellationToken cancellation)
    {
        var call = VaultCall.Read($"{mount}/ca/pem", null);
        var body = await _wire.SendAsync(call, cancellation).ConfigureAwait(false);
        // Vault answers 204 as long as the mount has no CA certificate.
        return body.Length > 0 ? System.Text.Encoding.UTF8.GetString(body) : throw call.Lacks("a certificate: the PKI mount has none yet");
    }

    /// <summary>
    /// <c>POST sys/capabilities-self</c>: the capabilities of a token on paths
    /// (https://developer.hashicorp.com/vault/api-docs/system/capabilities-self).
    /// </summary>
    /// <param name="token">The token.</param>
    /// <param name="paths">The paths, below <c>/v1/</c>.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>The capabilities by path: <c>root</c>, <c>deny</c>, or those that are granted.</returns>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> CapabilitiesSelfAsync(string token, IReadOnlyList<string> paths, CancellationToken cancellation)
    {
        var call = VaultCall.Write(HttpMethod.Post, "sys/capabilities-self", token, new PathsRequest(paths), VaultJson.Default.PathsRequest);
        var answer = await _wire.SendAsync(call, VaultJson.Default.VaultEnvelopeDictionaryStringIReadOnlyListString, cancellation).ConfigureAwait(false);
        return answer?.Data is { } data && paths.All(data.ContainsKey) ? data : throw call.Lacks("data for each path");
    }

    /// <summary><c>GET sys/seal-status</c>: whether Vault is initialized and unsealed. The call needs no token, and is sent without a namespace.</summary>
    public async Task<SealStatus> ReadSealStatusAsync(CancellationToken cancellation)
    {
        var call = VaultCall.Read("sys/seal-status", null);
        return await new VaultWire(http, null).SendAsync(call, VaultJson.Default.SealStatus, cancellation).ConfigureAwait(false) is { Version.Length: > 0 } status
            ? status
            : throw call.Lacks("version");
    }

    /// <summary><c>POST auth/token/revoke-self</c>: revokes the token.</summary>
    public Task RevokeSelfAsync(string token, CancellationToken cancellation) => _wire.SendAsync(
        VaultCall.Write(HttpMethod.Post, "auth/token/revoke-self", token, new EmptyRequest(), VaultJson.Default.EmptyRequest), cancellation);

    /// <summary>A list as comma-separated text, which Vault accepts; null: the field is not sent.</summary>
    private static string? Listed(IReadOnlyList<string> values) => values.Count == 0 ? null : string.Join(',', values);

    private async Task<VaultAuth> SendForAuthAsync(VaultCall call, CancellationToken cancellation)
    {
        var answer = await _wire.SendAsync(call, VaultJson.Default.VaultEnvelopeNoData, cancellation).ConfigureAwait(false);
        return answer?.Auth switch
        {
            { ClientToken.Length: > 0 } auth => new VaultAuth(auth.ClientToken, auth.Accessor ?? "", Seconds(auth.LeaseDuration), auth.Renewable, auth.Policies ?? [])
            {
                IsBatch = auth.TokenType == "batch" || string.IsNullOrEmpty(auth.Accessor),
                NumUses = auth.NumUses,
            },
            // With login MFA Vault answers 200 without a token: https://developer.hashicorp.com/vault/docs/auth/login-mfa.
            { MfaRequirement: not null } => throw new VaultException(
                call.Operation, "Vault asks for a second factor (login MFA), which no program can give; take this auth method out of the enforcement in Vault (identity/mfa/login-enforcement)",
                VaultFailure.Permanent),
            _ => throw call.Lacks("auth.client_token; is this address really Vault's, or does a proxy change Vault's answers?"),
        };
    }

    // A TimeSpan cannot hold every number, and another server than Vault may answer. More than 100 years counts as 100 years.
    private static TimeSpan Seconds(long seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, -LongestSeconds, LongestSeconds));
}
