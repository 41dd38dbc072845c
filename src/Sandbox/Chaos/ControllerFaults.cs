using AkkaVault.Sandbox.Network;

namespace AkkaVault.Sandbox.Chaos;

/// <summary>Injects faults into an installation and ends them.</summary>
/// <param name="cluster">The installation.</param>
/// <param name="random">Decides how long each fault lasts.</param>
/// <param name="away">How long the API server or Vault does not listen.</param>
internal sealed class ControllerFaults(SandboxCluster cluster, Random random, TimeSpan away)
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongestHang = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan LongestPartition = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Injects one fault. When this method returns, the fault is over: every
    /// service listens again and every controller that was ended is started.
    /// </summary>
    public Task DoAsync(FaultKind kind, int victim, CancellationToken cancellation) => kind switch
    {
        FaultKind.Killed => KillAsync(victim, move: false, cancellation),
        FaultKind.Moved => KillAsync(victim, move: true, cancellation),
        FaultKind.Stopped => StopAsync(victim, cancellation),
        FaultKind.Hung => HangAsync(victim, cancellation),
        FaultKind.Partitioned => PartitionAsync(victim, cancellation),
        FaultKind.ApiServerAway => AwayAsync(cluster.ApiServer.StopListeningAsync, cluster.ApiServer.ResumeListeningAsync, cancellation),
        FaultKind.VaultAway => AwayAsync(cluster.Vault.StopListeningAsync, () => cluster.Vault.ResumeListeningAsync(CancellationToken.None), cancellation),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such fault"),
    };

    private async Task KillAsync(int victim, bool move, CancellationToken cancellation)
    {
        await cluster.Controllers.KillAsync(victim).ConfigureAwait(false);
        if (move) await cluster.Controllers.MoveAsync(victim, cancellation).ConfigureAwait(false);
        await StartAsync(victim, cancellation).ConfigureAwait(false);
    }

    private async Task StopAsync(int victim, CancellationToken cancellation)
    {
        await cluster.Controllers[victim].StopAsync().ConfigureAwait(false);
        await StartAsync(victim, cancellation).ConfigureAwait(false);
    }

    /// <summary>After a long suspension the others have downed the controller, and it ends when it resumes. After a short one it goes on.</summary>
    private async Task HangAsync(int victim, CancellationToken cancellation)
    {
        var process = cluster.Controllers[victim].Process;
        process.Suspend();
        try
        {
            await Task.Delay(LongestHang * random.NextDouble(), cancellation).ConfigureAwait(false);
        }
        finally
        {
            process.Resume();
        }
    }

    /// <summary>After a long partition the others have downed the controller. It ends, and is started again while it is still cut off.</summary>
    private async Task PartitionAsync(int victim, CancellationToken cancellation)
    {
        var healed = DateTimeOffset.UtcNow + (LongestPartition * random.NextDouble());
        await cluster.Controllers.CutAsync(victim, NetworkCut.Controllers, cancellation).ConfigureAwait(false);
        try
        {
            while (DateTimeOffset.UtcNow < healed)
            {
                await Task.Delay(Look, cancellation).ConfigureAwait(false);
                if (cluster.Controllers[victim].Process.HasExited) await cluster.Controllers.StartAsync(victim).ConfigureAwait(false);
            }
        }
        finally
        {
            await cluster.Controllers.HealAsync(victim, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task StartAsync(int victim, CancellationToken cancellation)
    {
        await Task.Delay(LongestStart * random.NextDouble(), cancellation).ConfigureAwait(false);
        await cluster.Controllers.StartAsync(victim).ConfigureAwait(false);
    }

    private async Task AwayAsync(Func<Task> stop, Func<Task> resume, CancellationToken cancellation)
    {
        await stop().ConfigureAwait(false);
        try
        {
            await Task.Delay(away, cancellation).ConfigureAwait(false);
        }
        finally
        {
            await resume().ConfigureAwait(false);
        }
    }
}
