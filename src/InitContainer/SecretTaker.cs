using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.RegularExpressions;
using AkkaVault.Shared.Credentials;
using AkkaVault.Shared.Push;
using AkkaVault.Shared.Vault;

namespace AkkaVault.InitContainer;

/// <summary>Takes one push: checks it with Vault, unwraps, logs in, writes the files. One at a time; after a success no more.</summary>
public sealed partial class SecretTaker(InitSettings settings, SystemRoots systemRoots, Log log) : IDisposable
{
    private static readonly TimeSpan[] LoginPauses = [TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3)];

    private readonly SemaphoreSlim _one = new(1);
    private readonly CredentialWriter _writer = new(settings.CredentialsPath);
    private bool _served;

    /// <summary>What went wrong last, for people.</summary>
    public string LastProblem { get; private set; } = "nothing was pushed";

    /// <summary>Takes a body that was pushed.</summary>
    /// <exception cref="RejectionException">It is not taken; another one may be.</exception>
    public async Task TakeAsync(byte[] body, CancellationToken cancellation)
    {
        try
        {
            if (!SecretPush.TryDecode(body, out var push)) throw new RejectionException(400, PushRejection.UndecodablePush, "the body is not the JSON of a push");
            var now = DateTimeOffset.UtcNow;
            if (push!.Problems(now) is { Count: > 0 } problems)
            {
                var expired = problems.Count == 1 && problems[0].StartsWith("the token is expired", StringComparison.Ordinal);
                throw new RejectionException(400, expired ? PushRejection.ExpiredToken : PushRejection.InvalidPush, string.Join("; ", problems));
            }

            await _one.WaitAsync(cancellation).ConfigureAwait(false);
            try
            {
                if (_served) throw new RejectionException(409, PushRejection.AlreadyServed, "another push was taken before");
                var (name, content) = await CredentialAsync(push, cancellation).ConfigureAwait(false);
                Write(name, content, push.VaultCAs);
                _served = true;
            }
            finally
            {
                _one.Release();
            }
        }
        catch (RejectionException e)
        {
            LastProblem = $"the last push was not taken: {e.Reason}: {e.Message}";
            log.Error(LastProblem);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private async Task<(string Name, byte[] Content)> CredentialAsync(SecretPush push, CancellationToken cancellation)
    {
        if (!settings.UnwrapSecret)
        {
            var wrapped = new VaultWrappedSecretId(settings.RoleId, push.Token, push.VaultAddr, push.Ttl);
            return (CredentialFileNames.VaultWrappedSecretId, JsonSerializer.SerializeToUtf8Bytes(wrapped, CredentialJson.Default.VaultWrappedSecretId));
        }

        using var http = VaultTransport.Create(new Uri(push.VaultAddr), RootsFor(push));
        var mount = await MountOfAsync(new VaultClient(http), push.Token, cancellation).ConfigureAwait(false);
        var vault = new VaultClient(http, mount);
        SecretId secretId;
        try
        {
            secretId = await vault.UnwrapSecretIdAsync(push.Token, cancellation).ConfigureAwait(false);
        }
        catch (VaultException e)
        {
            throw Rejected(e);
        }

        if (!settings.RetrieveToken)
        {
            var file = new VaultSecretId(settings.RoleId, secretId.Value, secretId.Accessor, push.VaultAddr);
            return (CredentialFileNames.VaultSecretId, JsonSerializer.SerializeToUtf8Bytes(file, CredentialJson.Default.VaultSecretId));
        }

        var auth = await LoginAsync(vault, secretId, cancellation).ConfigureAwait(false);
        var token = new VaultToken(auth.ClientToken, auth.Accessor, (long)auth.LeaseDuration.TotalSeconds, auth.Renewable, push.VaultAddr);
        return (CredentialFileNames.VaultToken, JsonSerializer.SerializeToUtf8Bytes(token, CredentialJson.Default.VaultToken));
    }

    /// <summary>Where the AppRole is mounted, when the token wraps a secret_id at all: that is what makes a push authentic.</summary>
    private static async Task<string> MountOfAsync(VaultClient vault, string wrappingToken, CancellationToken cancellation)
    {
        WrappingLookup lookup;
        try
        {
            lookup = await vault.LookupWrappingTokenAsync(wrappingToken, cancellation).ConfigureAwait(false);
        }
        catch (VaultException e)
        {
            throw Rejected(e);
        }

        return SecretIdPath().Match(lookup.CreationPath) is { Success: true } match
            ? match.Groups["mount"].Value
            : throw new RejectionException(403, PushRejection.WrappingTokenForeign, $"the wrapping token comes from {lookup.CreationPath}, expected auth/<mount>/role/<role>/secret-id");
    }

    // The secret_id is out of its wrapping and works once: a login that did not get through is worth some tries.
    private static async Task<VaultAuth> LoginAsync(VaultClient vault, string roleId, SecretId secretId, CancellationToken cancellation)
    {
        for (var failures = 0; ; failures++)
        {
            try
            {
                return await vault.LoginAsync(roleId, secretId.Value, cancellation).ConfigureAwait(false);
            }
            catch (VaultException e) when (e.Failure == VaultFailure.Permanent)
            {
                throw new RejectionException(502, PushRejection.LoginRefused, e.Message);
            }
            catch (VaultException e) when (failures == LoginPauses.Length)
            {
                throw new RejectionException(502, PushRejection.LoginFailed, e.Message);
            }
            catch (VaultException)
            {
                await Task.Delay(LoginPauses[failures], cancellation).ConfigureAwait(false);
            }
        }
    }

    private Task<VaultAuth> LoginAsync(VaultClient vault, SecretId secretId, CancellationToken cancellation) => LoginAsync(vault, settings.RoleId, secretId, cancellation);

    private static RejectionException Rejected(VaultException e) => e.Failure == VaultFailure.Permanent
        ? new RejectionException(409, PushRejection.WrappingTokenInvalid, e.Status == HttpStatusCode.BadRequest
            ? $"{e.Message}. It was used by somebody else, revoked or expired: if it was used, this may be theft"
            : e.Message)
        : new RejectionException(503, PushRejection.VaultUnavailable, e.Message);

    private X509Certificate2Collection? RootsFor(SecretPush push)
    {
        if (push.VaultCAs is not { Length: > 0 } pem) return push.VaultAddr.StartsWith("https:", StringComparison.OrdinalIgnoreCase) ? systemRoots.Load() : null;
        try
        {
            var roots = new X509Certificate2Collection();
            roots.ImportFromPem(System.Text.Encoding.UTF8.GetString(pem));
            return roots.Count > 0 ? roots : throw new RejectionException(400, PushRejection.InvalidPush, "vaultCAs holds no PEM certificate");
        }
        catch (CryptographicException)
        {
            throw new RejectionException(400, PushRejection.InvalidPush, "vaultCAs is not PEM");
        }
    }

    private void Write(string name, byte[] content, byte[]? caBundle)
    {
        try
        {
            _writer.Write(name, content, caBundle);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RejectionException(500, PushRejection.WriteFailed, e.Message);
        }
    }

    [GeneratedRegex("^auth/(?<mount>.+)/role/[^/]+/secret-id$", RegexOptions.CultureInvariant)]
    private static partial Regex SecretIdPath();
}
