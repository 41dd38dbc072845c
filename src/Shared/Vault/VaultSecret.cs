using System.Text.Json;

namespace AkkaVault.Shared.Vault;

/// <summary>Where a path is mounted, as <c>sys/internal/ui/mounts</c> tells it.</summary>
/// <param name="Path">The mount's path, with a slash at its end.</param>
/// <param name="Type">The secrets engine, such as <c>kv</c> or <c>database</c>.</param>
/// <param name="Version">The option <c>version</c>, which KV has; null: the mount has no such option.</param>
public sealed record VaultMount(string Path, string Type, string? Version)
{
    /// <summary>Whether the mount is a KV engine, of any version.</summary>
    public bool IsKv => Type is "kv" or "generic";

    /// <summary>Whether the mount is a KV engine, version 2. Its secrets are below <c>data/</c>.</summary>
    public bool IsVersionedKv => IsKv && Version == "2";
}

/// <summary>A secret as a secrets engine gave it.</summary>
/// <param name="Data">The data. A secret.</param>
/// <param name="LeaseId">The id of the lease; empty: the secret has no lease.</param>
/// <param name="LeaseDuration">How long the lease lives from now on. KV sends a duration, although it has no lease.</param>
/// <param name="Renewable">Whether the lease can be renewed.</param>
public sealed record VaultSecret(JsonElement Data, string LeaseId, TimeSpan LeaseDuration, bool Renewable)
{
    /// <summary>A text without the secret.</summary>
    public override string ToString() => $"VaultSecret {{ HasLease = {LeaseId.Length > 0}, LeaseDuration = {LeaseDuration}, Renewable = {Renewable} }}";
}

/// <summary>A lease after its renewal.</summary>
/// <param name="Duration">How long the lease lives from now on.</param>
/// <param name="Renewable">Whether the lease can be renewed again.</param>
public sealed record VaultLease(TimeSpan Duration, bool Renewable);
