using System.Collections.Immutable;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Vault.Renewal;
using AkkaVault.Shared.Vault;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Vault;

/// <summary>
/// Revokes the undelivered wrapping tokens of the pod actors when this process ends. The next pod actor of a run revokes those in the ledger,
/// but a controller that was paused until the others downed it may have issued some that it could not report.
/// </summary>
internal sealed class ShutdownRevoker(VaultClient vault, ControllerToken token, TimeProvider clock, ILogger<ShutdownRevoker> log) : IHostedService, IShutdownRevoker
{
    private const int MaxConcurrency = 8;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private readonly Lock _one = new();
    private ImmutableList<PendingRevocation> _left = [];

    /// <inheritdoc/>
    public void Add(IEnumerable<PendingRevocation> wraps)
    {
        var now = clock.GetUtcNow();
        // Shards also move while the process runs: the next actor revokes what was left then, or it expires.
        lock (_one) _left = _left.RemoveAll(wrap => wrap.Expires <= now).AddRange(wraps);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var alive = _left.Where(wrap => wrap.Expires > now).DistinctBy(wrap => wrap.Accessor).ToList();
        if (alive.Count == 0) return;
        // Not the host's timeout: when the hand-over has used it up, most tokens are left.
        using var deadline = new CancellationTokenSource(Timeout);
        var failed = 0;
        await Parallel.ForEachAsync(alive, new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrency }, async (wrap, _) =>
        {
            try
            {
                await vault.RevokeAccessorAsync(await token.ValueAsync(deadline.Token).ConfigureAwait(false), wrap.Accessor, deadline.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is VaultException or OperationCanceledException)
            {
                Interlocked.Increment(ref failed);
            }
        }).ConfigureAwait(false);
        if (failed > 0) log.WrappingTokensLeft(failed);
    }
}
