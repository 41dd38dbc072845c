using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using AkkaVault.Shared.Credentials;
using AkkaVault.Shared.Http;
using AkkaVault.Shared.Push;
using AkkaVault.Shared.Vault;

namespace AkkaVault.InitContainer;

/// <summary>Turns a validated push into the files that the application reads. One at a time.</summary>
/// <param name="settings">The environment variables.</param>
/// <param name="folder">Where the files go.</param>
/// <param name="systemRoots">Whom to trust when no CA came with the push.</param>
/// <param name="log">Every step.</param>
internal sealed class Redemption(Settings settings, CredentialFolder folder, SystemRoots systemRoots, Log log)
{
    // A wrapping token whose unwrapping was asked for without an answer: Vault may have used it up. That it is invalid
    // afterwards is then no sign of theft.
    private string? _perhapsUsed;

    /// <summary>Looks up, unwraps, logs in and writes, as far as the settings ask for it.</summary>
    /// <param name="push">A push without <see cref="SecretPush.Problems"/>.</param>
    /// <param name="cas">The certificates that came with it, null: none.</param>
    /// <param name="cancellation">Gives up as long as the wrapping token is not used; later it is not listened to.</param>
    /// <returns>Null when the files are written.</returns>
    /// <exception cref="OperationCanceledException">Given up; the wrapping token is not used.</exception>
    public async Task<Rejection?> RedeemAsync(SecretPush push, X509Certificate2Collection? cas, CancellationToken cancellation)
    {
        // Whoever names the Vault can also answer for it: a forged push would come with one of its own.
        if (settings.ExpectedVault is { } expected && expected != new Uri(push.VaultAddr.TrimEnd('/') + "/"))
            return Rejection.Invalid($"vaultAddr is {UserInfo.Mask(push.VaultAddr)}, and EXPECTED_VAULT_ADDR {expected}");
        if (settings.Kind == CredentialKind.WrappedSecretId)
        {
            var wrapped = new VaultWrappedSecretId(settings.RoleId, push.Token, push.VaultAddr, push.Ttl, push.VaultNamespace);
            return Write(push, CredentialFileNames.VaultWrappedSecretId, JsonSerializer.SerializeToUtf8Bytes(wrapped, CredentialJson.Default.VaultWrappedSecretId));
        }

        var address = new Uri(push.VaultAddr);
        var roots = cas ?? (address.Scheme == Uri.UriSchemeHttps ? systemRoots.Load() : []);
        using var http = VaultTransport.Create(address, roots);
        var vault = new VaultClient(http, ns: push.VaultNamespace);

        string mount;
        try
        {
            var lookup = await vault.LookupWrappingTokenAsync(push.Token, cancellation).ConfigureAwait(false);
            if (!AppRolePath.TryParse(lookup.CreationPath, push.VaultNamespace, out mount))
                return Rejection.WrappingTokenForeign($"the token wraps {lookup.CreationPath}, expected auth/…/role/…/secret-id");
            log.Debug($"The wrapping token comes from {lookup.CreationPath}");
        }
        catch (VaultException e)
        {
            return BeforeUse(push, e);
        }

        cancellation.ThrowIfCancellationRequested();
        SecretId secretId;
        try
        {
            secretId = await vault.UnwrapSecretIdAsync(push.Token, CancellationToken.None).ConfigureAwait(false);
            log.Debug($"Unwrapped the secret_id with accessor {secretId.Accessor}");
        }
        catch (VaultException e)
        {
            if (MayHaveArrived(e)) _perhapsUsed = push.Token;
            return BeforeUse(push, e);
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
        return Write(push, CredentialFileNames.VaultToken, JsonSerializer.SerializeToUtf8Bytes(token, CredentialJson.Default.VaultToken));
    }

    private Rejection? Write(SecretPush push, string name, byte[] content)
    {
        try
        {
            // The credential last: when it is there, all is there.
            if (push.VaultCAs is { Length: > 0 } bundle) folder.Put(CredentialFileNames.CaBundle, bundle);
            folder.Put(name, content);
            log.Info($"Wrote {name} to {settings.CredentialsPath}");
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Rejection.WriteFailed(e.Message);
        }
    }

    private Rejection BeforeUse(SecretPush push, VaultException e)
    {
        var unknown = e.Failure == VaultFailure.Permanent && e.Errors.Any(error => error.Contains("wrapping token", StringComparison.Ordinal));
        if (!unknown) return Rejection.VaultUnavailable(e.Message);
        return push.Token == _perhapsUsed
            ? Rejection.LoginFailed($"the secret_id is lost: Vault's answer to the unwrapping did not arrive ({e.Message})")
            : Rejection.WrappingTokenInvalid(e.Message);
    }

    private static bool MayHaveArrived(VaultException e) => e.Failure == VaultFailure.Transient &&
        e.InnerException is not HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError,
        };
}
