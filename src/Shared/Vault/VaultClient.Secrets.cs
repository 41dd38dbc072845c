using System.Text.Json;

namespace AkkaVault.Shared.Vault;

/// <summary>The calls that read secrets and renew their leases.</summary>
public sealed partial class VaultClient
{
    /// <summary>
    /// <c>GET sys/internal/ui/mounts/:path</c>: where a path is mounted. Vault answers whoever may do anything below the mount, and
    /// refuses all others with 403, whether something is mounted there or not.
    /// </summary>
    /// <param name="token">The token.</param>
    /// <param name="path">A path below <c>/v1/</c>.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<VaultMount> FindMountAsync(string token, string path, CancellationToken cancellation)
    {
        var call = VaultCall.Read($"sys/internal/ui/mounts/{Escaped(path)}", token);
        var answer = await _wire.SendAsync(call, SecretJson.Default.MountAnswer, cancellation).ConfigureAwait(false);
        return answer?.Data is { Path.Length: > 0, Type.Length: > 0 } data
            ? new VaultMount(data.Path.TrimEnd('/') + "/", data.Type, data.Options?.Version)
            : throw call.Lacks("data.path and data.type");
    }

    /// <summary>Reads a secret.</summary>
    /// <param name="token">The token.</param>
    /// <param name="path">A path below <c>/v1/</c>.</param>
    /// <param name="parameters">Sent by <c>PUT</c>, as JSON; empty: it is a <c>GET</c>.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<VaultSecret> ReadSecretAsync(string token, string path, IReadOnlyDictionary<string, string> parameters, CancellationToken cancellation)
    {
        var call = parameters.Count == 0
            ? VaultCall.Read(Escaped(path), token)
            : VaultCall.Write(HttpMethod.Put, Escaped(path), token, parameters, SecretJson.Default.IReadOnlyDictionaryStringString);
        var answer = await _wire.SendAsync(call, SecretJson.Default.SecretAnswer, cancellation).ConfigureAwait(false);
        return answer is { Data: { ValueKind: JsonValueKind.Object } data }
            ? new VaultSecret(data, answer.LeaseId ?? "", Seconds(answer.LeaseDuration), answer.Renewable)
            : throw call.Lacks("data");
    }

    /// <summary><c>PUT sys/leases/renew</c>: as much again as the secret had at first, up to its greatest age.</summary>
    /// <param name="token">The token.</param>
    /// <param name="leaseId">The lease.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<VaultLease> RenewLeaseAsync(string token, string leaseId, CancellationToken cancellation)
    {
        var call = VaultCall.Write(HttpMethod.Put, "sys/leases/renew", token, new LeaseRequest(leaseId), SecretJson.Default.LeaseRequest);
        var answer = await _wire.SendAsync(call, SecretJson.Default.SecretAnswer, cancellation).ConfigureAwait(false);
        return answer is { LeaseId.Length: > 0 } ? new VaultLease(Seconds(answer.LeaseDuration), answer.Renewable) : throw call.Lacks("lease_id");
    }

    private static string Escaped(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
}
