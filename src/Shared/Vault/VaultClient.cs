using System.Text.Json;

namespace AkkaVault.Shared.Vault;

/// <summary>
/// The calls we make to Vault (or OpenBao), one method an endpoint. Every failure is a <see cref="VaultException"/>;
/// cancellation is an <see cref="OperationCanceledException"/>. The client keeps no token: each call is given the one it uses.
/// </summary>
/// <param name="http">Sends the requests; its base address is Vault's. Not disposed here.</param>
/// <param name="approlePath">Where the AppRole auth method is mounted, below <c>auth/</c>.</param>
/// <param name="ns">Vault's namespace (https://developer.hashicorp.com/vault/docs/enterprise/namespaces); null: none is named.</param>
public sealed partial class VaultClient(HttpClient http, string approlePath = "approle", string? ns = null)
{
    private const long LongestSeconds = 100L * 365 * 24 * 3600;

    private readonly VaultWire _wire = new(http, ns);

    /// <summary>The same client over another connection.</summary>
    public VaultClient Over(HttpClient other) => new(other, approlePath, ns);

    /// <summary>
    /// <c>PUT auth/approle/role/:role/secret-id</c> with <c>X-Vault-Wrap-TTL</c>: a new secret_id that only the holder of the
    /// wrapping token will see (https://developer.hashicorp.com/vault/api-docs/auth/approle#generate-new-secret-id).
    /// </summary>
    /// <param name="token">The controller's token.</param>
    /// <param name="role">The AppRole.</param>
    /// <param name="wrapTtl">Lifetime of the wrapping token; sent as whole seconds, at least one.</param>
    /// <param name="metadata">What Vault's audit log is to say of this secret_id; empty values are left out.</param>
    /// <param name="boundCidr">The only addresses that may log in with it and use the token got for it, as a CIDR block; null: any.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<WrappingToken> IssueWrappedSecretIdAsync(
        string token, string role, TimeSpan wrapTtl, IReadOnlyDictionary<string, string> metadata, string? boundCidr, CancellationToken cancellation)
    {
        var path = $"auth/{approlePath}/role/{Uri.EscapeDataString(role)}/secret-id";
        // Vault refuses an empty value, and with it the whole request.
        var known = metadata.Where(pair => pair.Value.Length > 0).ToDictionary();
        var encoded = known.Count == 0 ? null : JsonSerializer.Serialize(known, VaultJson.Default.DictionaryStringString);
        IReadOnlyList<string>? cidrs = boundCidr is null ? null : [boundCidr];
        var call = VaultCall.Write(HttpMethod.Put, path, token, new SecretIdRequest(encoded, cidrs, cidrs), VaultJson.Default.SecretIdRequest) with { WrapTtl = wrapTtl };
        var answer = await _wire.SendAsync(call, VaultJson.Default.VaultEnvelopeNoData, cancellation).ConfigureAwait(false);
        return answer?.WrapInfo is { Token.Length: > 0 } wrap
            ? new WrappingToken(wrap.Token, wrap.Accessor, Seconds(wrap.Ttl), wrap.CreationTime, wrap.CreationPath)
            : throw call.Lacks("wrap_info.token");
    }

    /// <summary><c>POST sys/wrapping/lookup</c>: where a wrapping token comes from, without using it up.</summary>
    public async Task<WrappingLookup> LookupWrappingTokenAsync(string wrappingToken, CancellationToken cancellation)
    {
        var call = VaultCall.Write(HttpMethod.Post, "sys/wrapping/lookup", null, new TokenRequest(wrappingToken), VaultJson.Default.TokenRequest);
        var answer = await _wire.SendAsync(call, VaultJson.Default.VaultEnvelopeWrappingLookupData, cancellation).ConfigureAwait(false);
        return answer?.Data is { CreationPath: not null } data
            ? new WrappingLookup(data.CreationPath, data.CreationTime, Seconds(data.CreationTtl))
            : throw call.Lacks("data.creation_path");
    }

    /// <summary><c>PUT sys/wrapping/unwrap</c>: the wrapped secret_id. Works once.</summary>
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

    /// <summary>The same at another mount: the controller's own AppRole need not be where the pods' are.</summary>
    public Task<VaultAuth> LoginAppRoleAsync(string mount, string roleId, string secretId, CancellationToken cancellation) =>
        SendForAuthAsync(VaultCall.Write(HttpMethod.Put, $"auth/{mount}/login", null, new LoginRequest(roleId, secretId), VaultJson.Default.LoginRequest), cancellation);

    /// <summary>
    /// <c>POST auth/kubernetes/login</c>: a token for a service account
    /// (https://developer.hashicorp.com/vault/api-docs/auth/kubernetes#login).
    /// </summary>
    /// <param name="mount">Where the Kubernetes auth method is mounted, below <c>auth/</c>.</param>
    /// <param name="role">The role of that method.</param>
    /// <param name="jwt">The service account's token. A secret.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<VaultAuth> LoginKubernetesAsync(string mount, string role, string jwt, CancellationToken cancellation) =>
        SendForAuthAsync(VaultCall.Write(HttpMethod.Post, $"auth/{mount}/login", null, new JwtLoginRequest(role, jwt), VaultJson.Default.JwtLoginRequest), cancellation);

    /// <summary><c>GET auth/token/lookup-self</c>: what a token is.</summary>
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
                IsOrphan = data.Orphan,
            }
            : throw call.Lacks("data");
    }

    /// <summary><c>PUT auth/token/renew-self</c>: the token's life starts anew.</summary>
    public Task<VaultAuth> RenewSelfAsync(string token, CancellationToken cancellation) =>
        SendForAuthAsync(VaultCall.Write(HttpMethod.Put, "auth/token/renew-self", token, new EmptyRequest(), VaultJson.Default.EmptyRequest), cancellation);

    /// <summary><c>GET auth/token/roles/:role</c>: what a token role allows.</summary>
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
    /// <c>POST auth/token/revoke-accessor</c>. An accessor that Vault does not know (400 <c>invalid accessor</c>) belongs to a
    /// token that is gone already, which is what was wanted: that is no failure.
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
    /// <c>PUT :mount/issue/:role</c>: a certificate with its key and its chain
    /// (https://developer.hashicorp.com/vault/api-docs/secret/pki#generate-certificate).
    /// </summary>
    /// <param name="token">The controller's token.</param>
    /// <param name="mount">The PKI mount.</param>
    /// <param name="role">Its role.</param>
    /// <param name="names">Whom it is for.</param>
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

    /// <summary><c>GET :mount/ca/pem</c>: the CA certificate of a PKI mount; needs no token.</summary>
    public async Task<string> ReadCaCertificateAsync(string mount, CancellationToken cancellation)
    {
        var call = VaultCall.Read($"{mount}/ca/pem", null);
        var body = await _wire.SendAsync(call, cancellation).ConfigureAwait(false);
        // 204 while the mount has none.
        return body.Length > 0 ? System.Text.Encoding.UTF8.GetString(body) : throw call.Lacks("a certificate: the PKI mount has none yet");
    }

    /// <summary>
    /// <c>POST sys/capabilities-self</c>: what a token may do on paths
    /// (https://developer.hashicorp.com/vault/api-docs/system/capabilities-self).
    /// </summary>
    /// <param name="token">The token.</param>
    /// <param name="paths">The paths, below <c>/v1/</c>.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>For each path its capabilities: <c>root</c>, <c>deny</c>, or those that are granted.</returns>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> CapabilitiesSelfAsync(string token, IReadOnlyList<string> paths, CancellationToken cancellation)
    {
        var call = VaultCall.Write(HttpMethod.Post, "sys/capabilities-self", token, new PathsRequest(paths), VaultJson.Default.PathsRequest);
        var answer = await _wire.SendAsync(call, VaultJson.Default.VaultEnvelopeDictionaryStringIReadOnlyListString, cancellation).ConfigureAwait(false);
        return answer?.Data is { } data && paths.All(data.ContainsKey) ? data : throw call.Lacks("data for each path");
    }

    /// <summary><c>GET sys/seal-status</c>: whether Vault is initialized and unsealed. Needs no token, and knows no namespace.</summary>
    public async Task<SealStatus> ReadSealStatusAsync(CancellationToken cancellation)
    {
        var call = VaultCall.Read("sys/seal-status", null);
        return await new VaultWire(http, null).SendAsync(call, VaultJson.Default.SealStatus, cancellation).ConfigureAwait(false) is { Version.Length: > 0 } status
            ? status
            : throw call.Lacks("version");
    }

    /// <summary><c>POST auth/token/revoke-self</c>: the token's end.</summary>
    public Task RevokeSelfAsync(string token, CancellationToken cancellation) => _wire.SendAsync(
        VaultCall.Write(HttpMethod.Post, "auth/token/revoke-self", token, new EmptyRequest(), VaultJson.Default.EmptyRequest), cancellation);

    /// <summary>A list as Vault takes it in a text; null: not sent at all.</summary>
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
            // https://developer.hashicorp.com/vault/docs/auth/login-mfa: 200 without a token.
            { MfaRequirement: not null } => throw new VaultException(
                call.Operation, "Vault asks for a second factor (login MFA), which no program can give; take this auth method out of the enforcement in Vault (identity/mfa/login-enforcement)",
                VaultFailure.Permanent),
            _ => throw call.Lacks("auth.client_token; is this address really Vault's, and does nothing on the way change its answers?"),
        };
    }

    // Vault has no such lives, but what answers at an address may be anything, and a TimeSpan cannot hold all numbers.
    private static TimeSpan Seconds(long seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, -LongestSeconds, LongestSeconds));
}
