using System.Text.Json;

namespace AkkaVault.Shared.Vault;

/// <summary>The calls that read secrets and renew their leases.</summary>
public sealed partial class VaultClient
{
    /// <summary>
    /// <c>GET sys/internal/ui/mounts/:path</c>: where a path is mounted. Vault answers if the token has any right below the mount. Otherwise
    /// Vault refuses with 403, whether or not something is mounted there.
    /// </summary>
    /// <param name="token">The token.</param>
    /// <param name="path">A path below <c>/v1/</c>.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<VaultMount> FindMountAsync(string token, string path, CancellationToken cancellation)
    {
        var call = VaultCall.Read($"sys/internal/ui/mounts/{Escaped(path)}", token);
        var data = Member(await SendForJsonAsync(call, cancellation).ConfigureAwait(false), "data");
        return Text(data, "path") is { Length: > 0 } mount && Text(data, "type") is { Length: > 0 } type
            ? new VaultMount(mount.TrimEnd('/') + "/", type, Text(Member(data, "options"), "version"))
            : throw call.Lacks("data.path and data.type");
    }

    /// <summary>Reads a secret.</summary>
    /// <param name="token">The token.</param>
    /// <param name="path">A path below <c>/v1/</c>.</param>
    /// <param name="parameters">The parameters, which a <c>PUT</c> sends as JSON; empty: a <c>GET</c> reads the secret.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<VaultSecret> ReadSecretAsync(string token, string path, IReadOnlyDictionary<string, string> parameters, CancellationToken cancellation)
    {
        var call = parameters.Count == 0
            ? VaultCall.Read(Escaped(path), token)
            : VaultCall.Write(HttpMethod.Put, Escaped(path), token, parameters.ToDictionary(), VaultJson.Default.DictionaryStringString);
        var answer = await SendForJsonAsync(call, cancellation).ConfigureAwait(false);
        return Member(answer, "data") is { ValueKind: JsonValueKind.Object } data
            ? new VaultSecret(data, Text(answer, "lease_id") ?? "", LeaseDuration(answer), IsRenewable(answer))
            : throw call.Lacks("data");
    }

    /// <summary><c>PUT sys/leases/renew</c>: renews a lease for as long as it had at first, up to its max TTL.</summary>
    /// <param name="token">The token.</param>
    /// <param name="leaseId">The lease.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<VaultLease> RenewLeaseAsync(string token, string leaseId, CancellationToken cancellation)
    {
        var call = VaultCall.Write(HttpMethod.Put, "sys/leases/renew", token, new Dictionary<string, string> { ["lease_id"] = leaseId }, VaultJson.Default.DictionaryStringString);
        var answer = await SendForJsonAsync(call, cancellation).ConfigureAwait(false);
        return Text(answer, "lease_id") is { Length: > 0 } ? new VaultLease(LeaseDuration(answer), IsRenewable(answer)) : throw call.Lacks("lease_id");
    }

    /// <summary>Sends a call, and reads an answer whose members are not known. A type for the answer would add generated code to every program.</summary>
    private async Task<JsonElement> SendForJsonAsync(VaultCall call, CancellationToken cancellation)
    {
        var body = await _wire.SendAsync(call, cancellation).ConfigureAwait(false);
        try
        {
            return body.Length == 0 ? default : JsonElement.Parse(body);
        }
        catch (JsonException)
        {
            throw VaultWire.NotJson(call);
        }
    }

    private static JsonElement Member(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var member) ? member : default;

    private static string? Text(JsonElement parent, string name) => Member(parent, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static bool IsRenewable(JsonElement answer) => Member(answer, "renewable").ValueKind == JsonValueKind.True;

    private static TimeSpan LeaseDuration(JsonElement answer) =>
        Member(answer, "lease_duration") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var seconds) ? Seconds(seconds) : TimeSpan.Zero;

    private static string Escaped(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
}
