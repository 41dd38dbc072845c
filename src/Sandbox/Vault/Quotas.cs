using System.Net;
using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Vault;

/// <summary>
/// Rate-limit quotas (https://developer.hashicorp.com/vault/api-docs/system/rate-limit-quotas).
/// A quota limits the requests of each client address to a path in an interval.
/// </summary>
internal sealed class Quotas(TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Quota> quotas = new(StringComparer.Ordinal);
    private volatile bool any;
    private volatile bool headers;

    /// <summary>The 429 for a request that exceeds its quota; null when the request may pass.</summary>
    public VaultAnswer? Refuse(VaultRequest request)
    {
        if (!any) return null;
        lock (gate)
        {
            var quota = quotas.Values.Where(quota => quota.AppliesTo(request.Path)).MaxBy(quota => quota.Path.Length);
            if (quota is null || quota.Take(request.RemoteAddress, time.GetUtcNow(), out var wait)) return null;
            return new VaultAnswer
            {
                Status = 429,
                Plain = new JsonObject { ["errors"] = Json.List([$"request path \"{request.Path}\": rate limit quota exceeded"]) },
                Headers = headers ? new Dictionary<string, string> { ["Retry-After"] = $"{Math.Max(1, Json.SecondsLeft(wait))}" } : new Dictionary<string, string>(),
            };
        }
    }

    /// <summary><c>sys/quotas/rate-limit/:name</c> and <c>sys/quotas/config</c>.</summary>
    public VaultAnswer Handle(VaultRequest request, ReadOnlySpan<string> rest)
    {
        if (rest is ["config"]) return Configure(request);
        if (rest is not ["rate-limit", ..]) throw VaultRefusal.UnsupportedPath;
        lock (gate)
        {
            if (rest is [_] && request.Lists) return VaultAnswer.Keys(quotas.Keys.Order(StringComparer.Ordinal));
            if (rest is not [_, var name]) throw VaultRefusal.UnsupportedOperation;
            GenericName.Require(name);
            if (request.Reads) return VaultAnswer.OfData((quotas.GetValueOrDefault(name) ?? throw VaultRefusal.NotFound).ToData());
            if (request.Deletes) quotas.Remove(name);
            else if (request.Writes) quotas[name] = Make(name, request.Data);
            else throw VaultRefusal.UnsupportedOperation;
            any = quotas.Count > 0;
            return VaultAnswer.NoContent;
        }
    }

    private VaultAnswer Configure(VaultRequest request)
    {
        if (request.Reads) return VaultAnswer.OfData(new JsonObject { ["enable_rate_limit_response_headers"] = headers });
        if (!request.Writes) throw VaultRefusal.UnsupportedOperation;
        headers = request.Data.Flag("enable_rate_limit_response_headers") ?? headers;
        return VaultAnswer.NoContent;
    }

    private static Quota Make(string name, RequestData data)
    {
        var rate = data.Real("rate") ?? 0;
        if (rate <= 0) throw new VaultRefusal(400, "'rate' is invalid");
        var interval = data.Span("interval") is { Ticks: > 0 } given ? given : TimeSpan.FromSeconds(1);
        return new Quota(name, data.Text("path")?.TrimStart('/') ?? "", rate, interval);
    }

    private sealed class Quota(string name, string path, double rate, TimeSpan interval)
    {
        private readonly Dictionary<IPAddress, (DateTimeOffset Start, double Taken)> clients = [];

        public string Path { get; } = path;

        public bool AppliesTo(string requested) => requested.StartsWith(Path, StringComparison.Ordinal);

        public bool Take(IPAddress client, DateTimeOffset now, out TimeSpan wait)
        {
            var window = clients.GetValueOrDefault(client);
            if (now - window.Start >= interval) window = (now, 0);
            wait = window.Start + interval - now;
            // A rate below one still allows one request in each interval.
            if (window.Taken > 0 && window.Taken + 1 > rate) return false;
            clients[client] = (window.Start, window.Taken + 1);
            return true;
        }

        public JsonObject ToData() => new()
        {
            ["block_interval"] = 0,
            ["interval"] = Json.Seconds(interval),
            ["name"] = name,
            ["path"] = Path,
            ["rate"] = rate,
            ["type"] = "rate-limit",
        };
    }
}
