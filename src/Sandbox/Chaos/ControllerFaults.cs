namespace AkkaVault.Sandbox.Chaos;

/// <summary>Does faults to an installation and undoes them.</summary>
/// <param name="cluster">The installation.</param>
/// <param name="random">Decides for how long.</param>
/// <param name="away">How long the API server or Vault is away.</param>
internal sealed class ControllerFaults(SandboxCluster cluster, Random random, TimeSpan away)
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongestHang = TimeSpan.FromSeconds(8);

    /// <summary>Does one. When this returns it is undone: what was taken away is there, what was ended is started.</summary>
    public Task DoAsync(FaultKind kind, int victim, CancellationToken cancellation) => kind switch
    {
        FaultKind.Killed => KillAsync(victim, move: false, cancellation),
        FaultKind.Moved => KillAsync(victim, move: true, cancellation),
        FaultKind.Stopped => StopAsync(victim, cancellation),
        FaultKind.Hung => HangAsync(victim, cancellation),
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

    /// <summary>Held long, the others take it out, and it ends when it wakes up; held shortly, it goes on.</summary>
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
