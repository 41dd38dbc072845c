using System.Net;
using System.Text.Json;
using AkkaVault.Shared.Vault;

namespace AkkaVault.InitContainer.Secrets;

/// <summary>Reads secrets and makes their files' contents. Safe to use from any thread.</summary>
/// <param name="settings">The secrets and their files.</param>
internal sealed class SecretReader(SecretSettings settings)
{
    private const string NotFound = "nothing is at this path, or its latest version is deleted";

    private static readonly IReadOnlyDictionary<string, string> s_none = new Dictionary<string, string>();

    private readonly long _begun = TimeProvider.System.GetTimestamp();

    /// <summary>The secrets, each once.</summary>
    public IReadOnlyCollection<SecretPath> Paths { get; } = new HashSet<SecretPath>(settings.Files.Select(file => file.Path));

    /// <summary>The monotonic clock of <see cref="SecretLease.AskedAt"/>.</summary>
    public TimeSpan Now => TimeProvider.System.GetElapsedTime(_begun);

    /// <summary>Reads one.</summary>
    /// <param name="path">The secret.</param>
    /// <param name="access">The token.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="VaultException">Vault refused the secret, or a file needs a field that it does not have.</exception>
    public async Task<SecretReading> ReadAsync(SecretPath path, SecretAccess access, CancellationToken cancellation)
    {
        try
        {
            if (!access.Mounts.TryGetValue(path, out var mount))
                access.Mounts[path] = mount = await access.Vault.FindMountAsync(access.Token, path.Path, cancellation).ConfigureAwait(false);
            if (path.Query.Length > 0 && mount.IsKv)
                throw Refused(path, $"{mount.Path} is a KV engine, which a request with parameters would write to; leave out the question mark and what follows");
            var asked = Now;
            var secret = await access.Vault.ReadSecretAsync(access.Token, ApiPath(path, mount), path.Query.Length == 0 ? s_none : path.Parameters, cancellation).ConfigureAwait(false);
            var data = mount.IsVersionedKv ? Unversioned(path, secret.Data) : secret.Data;
            return new SecretReading(path, Contents(path, data), Lease(secret, mount, asked));
        }
        catch (VaultException e)
        {
            // Something else may be mounted there by now.
            if (e.Failure == VaultFailure.Permanent) access.Mounts.TryRemove(path, out _);
            if (e.Status == HttpStatusCode.NotFound && e.Errors.Count == 0) throw e.Explained(NotFound);
            throw;
        }
    }

    private static string ApiPath(SecretPath path, VaultMount mount)
    {
        if (!mount.IsVersionedKv) return path.Path;
        if (!path.Path.StartsWith(mount.Path, StringComparison.Ordinal)) throw Refused(path, $"it is the mount {mount.Path} itself, and no secret in it");
        var rest = path.Path[mount.Path.Length..];
        // The form that clients without commands for KV need.
        return rest.StartsWith("data/", StringComparison.Ordinal) ? path.Path : $"{mount.Path}data/{rest}";
    }

    private static JsonElement Unversioned(SecretPath path, JsonElement data) =>
        data.TryGetProperty("data", out var inner) && inner.ValueKind == JsonValueKind.Object ? inner : throw Refused(path, NotFound);

    private Dictionary<string, byte[]> Contents(SecretPath path, JsonElement data)
    {
        var contents = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var file in settings.Files)
        {
            if (file.Path == path) contents[file.Name] = SecretContent.Render(file, data, out var problem) ?? throw Refused(path, problem!);
        }

        return contents;
    }

    private static SecretLease Lease(VaultSecret secret, VaultMount mount, TimeSpan asked)
    {
        if (secret.LeaseId.Length > 0) return new SecretLease(secret.LeaseId, secret.LeaseDuration, secret.Renewable, asked);
        // The end of a certificate, in seconds since 1970.
        if (mount.IsKv || !secret.Data.TryGetProperty("expiration", out var text) || text.ValueKind != JsonValueKind.Number || !text.TryGetInt64(out var seconds))
            return new SecretLease("", TimeSpan.Zero, false, asked);
        var left = TimeSpan.FromSeconds(Math.Clamp(seconds - DateTimeOffset.UtcNow.ToUnixTimeSeconds(), 0, int.MaxValue));
        return new SecretLease("", left, false, asked);
    }

    private static VaultException Refused(SecretPath path, string why) => new($"read {path}", why, VaultFailure.Permanent);
}
