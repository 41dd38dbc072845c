using AkkaVault.Sandbox;

namespace AkkaVault.Benchmarks;

/// <summary>A cluster that is whole and ready, and in which no shard has to move.</summary>
internal static class RestingCluster
{
    /// <summary>The leader of the cluster if it is at rest now; else null.</summary>
    public static async Task<int?> LeaderNowAsync(ControllerGroup controllers, CancellationToken cancellation)
    {
        if (!await controllers.WholeNowAsync(cancellation).ConfigureAwait(false)) return null;
        await controllers.ReadyAsync(cancellation).ConfigureAwait(false);
        if (await controllers.LeaderAsync(cancellation).ConfigureAwait(false) is not { } leader) return null;
        return (await controllers.ShardsAsync(cancellation).ConfigureAwait(false)).AreAtRest(controllers.AddressOf(leader)) ? leader : null;
    }
}
