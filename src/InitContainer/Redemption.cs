using System.Text.Json;
using AkkaVault.InitContainer.Secrets;
using AkkaVault.InitContainer.Sidecar;
using AkkaVault.Shared.Credentials;
using AkkaVault.Shared.Http;
using AkkaVault.Shared.Push;
using AkkaVault.Shared.Vault;

namespace AkkaVault.InitContainer;

/// <summary>Redeems a validated push: turns it into the files of the application.</summary>
internal interface IRedemption
{
    /// <summary>Completes when the files are written. Its result is the token; null where the settings ask for none.</summary>
    Task<ServedToken?> Served { get; }

    /// <summary>The body of the answer to a push: when the next one is wanted; null: no other one is wanted.</summary>
    PushAnswer? Answer { get; }

    /// <summary>Looks up, unwraps, logs in and writes, as far as the settings ask for it.</summary>
    /// <param name="push">A push without <see cref="SecretPush.Problems"/>.</param>
    /// <param name="cancellation">Cancels until the wrapping token is used. After that it has no effect.</param>
    /// <returns>Null when the files are written.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled. The wrapping token is not used.</exception>
    Task<Rejection?> RedeemAsync(SecretPush push, CancellationToken cancellation);
}

/// <summary>
/// Turns a validated push into the files that the application reads. Safe to use from any thread: wrapping tokens are looked up
/// concurrently, and then redeemed one at a time for each Vault. After the first success an init container rejects all pushes, and a
/// sidecar rejects them until its redelivery is due.
/// </summary>
/// <param name="settings">The environment variables.</param>
/// <param name="run">The tokens that this run has been served with.</param>
/// <param name="systemRoots">Verify Vault if the push has no CAs.</param>
/// <param name="log">Receives each step.</param>
internal sealed class Redemption(Settings settings, ServedRun run, SystemRoots systemRoots, Log log) : IRedemption
{
    /// <summary>The largest answer of a Vault that is read, in bytes. There may be one for each push at the same time.</summary>
    private const int MaxAnswerBytes = 256 * 1024;

    private readonly VaultTurns _turns = new();
    private readonly UsedTokens _used = new();

    /// <inheritdoc/>
    public Task<ServedToken?> Served => run.First;

    /// <inheritdoc/>
    public PushAnswer? Answer => run.Answer;

    /// <summary>The files of <c>VAULT_SECRETS</c>; null: none are asked for.</summary>
    public SecretFiles? Secrets { get; } = settings.Secrets is { } secrets ? new SecretFiles(secrets, settings.CredentialsPath, log) : null;

    /// <inheritdoc/>
    public async Task<Rejection?> RedeemAsync(SecretPush push, CancellationToken cancellation)
    {
        if (!VaultAddress.TryParse(push.VaultAddr, out var named)) throw new ArgumentException("the push has a Vault address that is not a URL", nameof(push));
        // A forged push would name a Vault of its sender.
        if (settings.ExpectedVault is { } expected && expected != named)
        {
            return Rejection.VaultNotExpected(
                $"the push names the Vault {push.ShortVaultAddr}, and EXPECTED_VAULT_ADDR is {expected}: either that and the controllers' vault.addr differ, and must be made the same, or the push is forged");
        }

        if (!run.TakesPush) return AlreadyServed();
        // A forged push must not replace a good token by one of another Vault.
        if (settings.ExpectedVault is null && run.Current is { } current && current.Vault != named)
        {
            return Rejection.VaultNotExpected(
                $"the push names the Vault {push.ShortVaultAddr}, and this run has a token of {current.Push.ShortVaultAddr}: without EXPECTED_VAULT_ADDR another one must come from the same Vault");
        }

        if (settings.Kind == CredentialKind.WrappedSecretId)
        {
            var wrapped = new VaultWrappedSecretId(settings.RoleId, push.Token, push.VaultAddr, push.Ttl, push.VaultNamespace);
            return Write(push, CredentialFileNames.VaultWrappedSecretId, JsonSerializer.SerializeToUtf8Bytes(wrapped, CredentialJson.Default.VaultWrappedSecretId));
        }

        using var http = Connect(push, named, systemRoots);
        var vault = new VaultClient(http, ns: push.VaultNamespace);
        var mount = "";
        VaultException? unknown = null;
        try
        {
            // The look-up needs no turn: it does not use the token up. Only pushes that name a silent Vault wait for it.
            var lookup = await vault.LookupWrappingTokenAsync(push.Token, cancellation).ConfigureAwait(false);
            if (!AppRolePath.TryParse(lookup.CreationPath, push.VaultNamespace, out mount))
                return Rejection.WrappingTokenForeign($"the token wraps {lookup.CreationPath}, expected auth/…/role/…/secret-id");
            log.Debug($"The wrapping token comes from {lookup.CreationPath}");
        }
        catch (VaultException e) when (e.IsUnknownWrappingToken)
        {
            unknown = e;
        }
        catch (VaultException e)
        {
            return Rejection.VaultUnavailable(e.Message);
        }

        using var turn = await _turns.TakeAsync(named, cancellation).ConfigureAwait(false);
        // The push that had the turn before may have used the same token. Then this is not a token that Vault does not know.
        if (!run.TakesPush) return AlreadyServed();
        if (unknown is not null) return Unknown(push, unknown);
        cancellation.ThrowIfCancellationRequested();
        return await UseAsync(http, mount, push, named).ConfigureAwait(false);
    }

    /// <summary>A connection to the Vault that a push names.</summary>
    /// <param name="push">The push. Its CAs verify Vault where it has some.</param>
    /// <param name="address">The Vault that it names.</param>
    /// <param name="systemRoots">Verify Vault where the push has no CAs.</param>
    public static HttpClient Connect(SecretPush push, Uri address, SystemRoots systemRoots)
    {
        IServerTrust trust = push.VaultCAs is { Length: > 0 } bundle ? new PushedCas(bundle) : new AnchoredTrust(address.Scheme == Uri.UriSchemeHttps ? systemRoots.All : []);
        var http = VaultTransport.Create(address, trust);
        http.MaxResponseContentBufferSize = MaxAnswerBytes;
        return http;
    }

    /// <summary>What is in <see cref="CredentialFileNames.VaultToken"/>. Holds the token.</summary>
    public static byte[] TokenFile(VaultAuth auth, SecretPush push) => JsonSerializer.SerializeToUtf8Bytes(
        new VaultToken(auth.ClientToken, auth.Accessor, (long)auth.LeaseDuration.TotalSeconds, auth.Renewable, push.VaultAddr, push.VaultNamespace), CredentialJson.Default.VaultToken);

    private async Task<Rejection?> UseAsync(HttpClient http, string mount, SecretPush push, Uri address)
    {
        SecretId secretId;
        try
        {
            secretId = await new VaultClient(http, ns: push.VaultNamespace).UnwrapSecretIdAsync(push.Token, CancellationToken.None).ConfigureAwait(false);
            log.Debug($"Unwrapped the secret_id with accessor {secretId.Accessor}");
        }
        catch (VaultException e)
        {
            if (e.IsUnknownWrappingToken) return Unknown(push, e);
            if (MayHaveArrived(e)) _used.Add(push.Token);
            return Rejection.VaultUnavailable(e.Message);
        }
        catch
        {
            _used.Add(push.Token);
            throw;
        }

        // From here on the token is used, whatever happens.
        _used.Add(push.Token);

        if (settings.Kind == CredentialKind.SecretId)
        {
            var content = new VaultSecretId(settings.RoleId, secretId.Value, secretId.Accessor, push.VaultAddr, push.VaultNamespace);
            return Write(push, CredentialFileNames.VaultSecretId, JsonSerializer.SerializeToUtf8Bytes(content, CredentialJson.Default.VaultSecretId));
        }

        var asked = MonotonicClock.Now;
        var login = new Login(new VaultClient(http, mount, push.VaultNamespace), log);
        var (auth, refused) = await login.RunAsync(settings.RoleId, secretId).ConfigureAwait(false);
        if (auth is null) return refused;
        var mustRevoke = true;
        try
        {
            var life = settings.Mode == Mode.Sidecar
                ? await new TokenLifeInquiry(new VaultClient(http, ns: push.VaultNamespace), log).AskAsync(auth, asked).ConfigureAwait(false)
                : TokenLife.NoEndKnown;
            if (life.IsUsedUp)
            {
                mustRevoke = false;
                return Rejection.LoginRefused(
                    "the AppRole's tokens are good for one use (token_num_uses), and the sidecar's look-up was that use: a sidecar needs an AppRole without a number of uses");
            }

            // After the first delivery the sidecar reads the secrets by itself: a secret that Vault refuses must not keep a new token from the application.
            var secrets = run.First.IsCompleted ? null : Secrets?.ReadWith(new VaultClient(http, ns: push.VaultNamespace), auth.ClientToken);
            if (secrets is not null && await secrets.RunAsync().ConfigureAwait(false) is { } unread) return unread;
            var next = life.Ends is { } end ? NextDelivery.Before(asked, end, MonotonicClock.Now, Random.Shared.NextDouble()) : null;
            var rejection = Write(push, CredentialFileNames.VaultToken, TokenFile(auth, push), new ServedToken(auth, push, address, asked, life, next), secrets?.Readings);
            mustRevoke = rejection is not null;
            return rejection;
        }
        finally
        {
            if (mustRevoke) await login.RevokeAsync(auth).ConfigureAwait(false);
        }
    }

    private Rejection? Write(SecretPush push, string name, byte[] content, ServedToken? served = null, IReadOnlyList<SecretReading>? secrets = null)
    {
        try
        {
            // A push that named another Vault may have succeeded meanwhile.
            if (!run.TryPut(push, name, content, served, secrets is null ? null : () => Secrets!.Write(secrets))) return AlreadyServed();
            log.Info($"Wrote {name} to {settings.CredentialsPath}");
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Rejection.WriteFailed(Causes.Of(e));
        }
    }

    private Rejection AlreadyServed() => Rejection.AlreadyServed(run.Answer);

    private Rejection Unknown(SecretPush push, VaultException e) => _used.Has(push.Token)
        ? Rejection.LoginFailed($"the secret_id is lost: this init container unwrapped it itself, and Vault's answer did not arrive or something failed after it ({e.Message})")
        : Rejection.WrappingTokenInvalid(e.Message);

    private static bool MayHaveArrived(VaultException e) =>
        e.InnerException is not HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
        };
}
