using System.Text.Json;
using AkkaVault.Shared.Credentials;
using AkkaVault.Shared.Push;
using AkkaVault.Shared.Vault;

namespace AkkaVault.InitContainer;

/// <summary>
/// Turns a validated push into the files that the application reads. Safe to use from any thread: pushes are looked up side by
/// side, then redeemed one at a time for each Vault, and the first that succeeds is the only one.
/// </summary>
/// <param name="settings">The environment variables.</param>
/// <param name="folder">Where the files go.</param>
/// <param name="systemRoots">Whom to trust when no CA came with the push.</param>
/// <param name="log">Every step.</param>
internal sealed class Redemption(Settings settings, CredentialFolder folder, SystemRoots systemRoots, Log log)
{
    /// <summary>The largest answer of a Vault that is read, in bytes: as many of them as there are pushes may arrive at once.</summary>
    private const int MaxAnswerBytes = 256 * 1024;

    private readonly VaultTurns _turns = new();
    private readonly UnansweredUnwraps _unanswered = new();
    private readonly Lock _writing = new();
    private readonly TaskCompletionSource _served = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the files are written.</summary>
    public Task Served => _served.Task;

    /// <summary>Looks up, unwraps, logs in and writes, as far as the settings ask for it.</summary>
    /// <param name="push">A push without <see cref="SecretPush.Problems"/>.</param>
    /// <param name="cancellation">Gives up as long as the wrapping token is not used; later it is not listened to.</param>
    /// <returns>Null when the files are written.</returns>
    /// <exception cref="OperationCanceledException">Given up; the wrapping token is not used.</exception>
    public async Task<Rejection?> RedeemAsync(SecretPush push, CancellationToken cancellation)
    {
        var named = new Uri(push.VaultAddr.TrimEnd('/') + "/");
        // Whoever names the Vault can also answer for it: a forged push would come with one of its own.
        if (settings.ExpectedVault is { } expected && expected != named)
            return Rejection.Invalid($"vaultAddr is {push.ShortVaultAddr}, and EXPECTED_VAULT_ADDR {expected}");
        if (Served.IsCompleted) return Rejection.AlreadyServed();
        if (settings.Kind == CredentialKind.WrappedSecretId)
        {
            var wrapped = new VaultWrappedSecretId(settings.RoleId, push.Token, push.VaultAddr, push.Ttl, push.VaultNamespace);
            return Write(push, CredentialFileNames.VaultWrappedSecretId, JsonSerializer.SerializeToUtf8Bytes(wrapped, CredentialJson.Default.VaultWrappedSecretId));
        }

        var address = new Uri(push.VaultAddr);
        using var http = VaultTransport.Create(address, TrustOf(push, address));
        http.MaxResponseContentBufferSize = MaxAnswerBytes;
        var vault = new VaultClient(http, ns: push.VaultNamespace);
        var mount = "";
        VaultException? unknown = null;
        try
        {
            // Nobody's turn: a look-up uses nothing up, and a Vault that stays silent is waited for by those alone who named it.
            var lookup = await vault.LookupWrappingTokenAsync(push.Token, cancellation).ConfigureAwait(false);
            if (!AppRolePath.TryParse(lookup.CreationPath, push.VaultNamespace, out mount))
                return Rejection.WrappingTokenForeign($"the token wraps {lookup.CreationPath}, expected auth/…/role/…/secret-id");
            log.Debug($"The wrapping token comes from {lookup.CreationPath}");
        }
        catch (VaultException e) when (IsUnknownToken(e))
        {
            unknown = e;
        }
        catch (VaultException e)
        {
            return Rejection.VaultUnavailable(e.Message);
        }

        using var turn = await _turns.TakeAsync(named, cancellation).ConfigureAwait(false);
        // Whoever had the turn may have served this very token: then it is no wonder that Vault does not know it.
        if (Served.IsCompleted) return Rejection.AlreadyServed();
        if (unknown is not null) return Unknown(push, unknown);
        cancellation.ThrowIfCancellationRequested();
        return await UseAsync(http, mount, push).ConfigureAwait(false);
    }

    private IServerTrust TrustOf(SecretPush push, Uri address) => push.VaultCAs is { Length: > 0 } bundle
        ? new PushedCas(bundle)
        : new AnchoredTrust(address.Scheme == Uri.UriSchemeHttps ? systemRoots.All : []);

    private async Task<Rejection?> UseAsync(HttpClient http, string mount, SecretPush push)
    {
        SecretId secretId;
        try
        {
            secretId = await new VaultClient(http, ns: push.VaultNamespace).UnwrapSecretIdAsync(push.Token, CancellationToken.None).ConfigureAwait(false);
            log.Debug($"Unwrapped the secret_id with accessor {secretId.Accessor}");
        }
        catch (VaultException e)
        {
            if (MayHaveArrived(e)) _unanswered.Add(push.Token);
            return IsUnknownToken(e) ? Unknown(push, e) : Rejection.VaultUnavailable(e.Message);
        }

        if (settings.Kind == CredentialKind.SecretId)
        {
            var content = new VaultSecretId(settings.RoleId, secretId.Value, secretId.Accessor, push.VaultAddr, push.VaultNamespace);
            return Write(push, CredentialFileNames.VaultSecretId, JsonSerializer.SerializeToUtf8Bytes(content, CredentialJson.Default.VaultSecretId));
        }

        var login = new Login(new VaultClient(http, mount, push.VaultNamespace), log);
        var (auth, refused) = await login.RunAsync(settings.RoleId, secretId).ConfigureAwait(false);
        if (auth is null) return refused;
        var token = new VaultToken(auth.ClientToken, auth.Accessor, (long)auth.LeaseDuration.TotalSeconds, auth.Renewable, push.VaultAddr, push.VaultNamespace);
        if (Write(push, CredentialFileNames.VaultToken, JsonSerializer.SerializeToUtf8Bytes(token, CredentialJson.Default.VaultToken)) is not { } rejection) return null;
        await login.GiveBackAsync(auth.ClientToken).ConfigureAwait(false);
        return rejection;
    }

    private Rejection? Write(SecretPush push, string name, byte[] content)
    {
        lock (_writing)
        {
            // Pushes that named another Vault may have been at work at the same time.
            if (Served.IsCompleted) return Rejection.AlreadyServed();
            try
            {
                // The credential last: when it is there, all is there.
                if (push.VaultCAs is { Length: > 0 } bundle) folder.Put(CredentialFileNames.CaBundle, bundle);
                folder.Put(name, content);
                log.Info($"Wrote {name} to {settings.CredentialsPath}");
                _served.SetResult();
                return null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return Rejection.WriteFailed(e.Message);
            }
        }
    }

    private Rejection Unknown(SecretPush push, VaultException e) => _unanswered.Has(push.Token)
        ? Rejection.LoginFailed($"the secret_id is lost: Vault's answer to the unwrapping did not arrive ({e.Message})")
        : Rejection.WrappingTokenInvalid(e.Message);

    private static bool IsUnknownToken(VaultException e) =>
        e.Failure == VaultFailure.Permanent && e.Errors.Any(error => error.Contains("wrapping token", StringComparison.Ordinal));

    private static bool MayHaveArrived(VaultException e) => e.Failure == VaultFailure.Transient &&
        e.InnerException is not HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
        };
}
