namespace AkkaVault.Sandbox;

/// <summary>How many shards each controller has, by the controller's address. Controllers that do not answer are left out.</summary>
/// <param name="Counts">The number of shards of each controller.</param>
public sealed record ClusterShards(IReadOnlyDictionary<string, int> Counts)
{
    /// <summary>The number of all shards.</summary>
    public const int All = 12;

    /// <summary>Asks controllers at <c>/cluster/shards/pods</c>.</summary>
    public static async Task<ClusterShards> AskAsync(IEnumerable<string> ips, CancellationToken cancellation)
    {
        var counts = await Task.WhenAll(ips.Select(async ip => (Ip: ip, Count: await CountAsync(ip, cancellation).ConfigureAwait(false)))).ConfigureAwait(false);
        return new ClusterShards(counts.Where(it => it.Count is not null).ToDictionary(it => it.Ip, it => it.Count!.Value));
    }

    /// <summary>
    /// Whether no shard has to move any more: every shard has a controller, the
    /// leader has no shard, and the other controllers have about equally many.
    /// </summary>
    /// <param name="leader">The leader's address.</param>
    public bool AreAtRest(string leader)
    {
        var others = Counts.Where(it => it.Key != leader).Select(it => it.Value).ToList();
        return others.Count > 0 && others.Sum() == All && others.Max() - others.Min() <= 1;
    }

    /// <summary>The counts as one line of text.</summary>
    public override string ToString() => $"shards: {string.Join(", ", Counts.OrderBy(it => it.Key, StringComparer.Ordinal).Select(it => $"{it.Key} {it.Value}"))}";

    private static async Task<int?> CountAsync(string ip, CancellationToken cancellation) =>
        await ManagementPort.GetAsync(ip, "cluster/shards/pods", cancellation).ConfigureAwait(false) is { } json ? json["regions"]!.AsArray().Count : null;
}
