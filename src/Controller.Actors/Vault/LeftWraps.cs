using System.Collections.Concurrent;
using AkkaVault.Controller.Pods;
using AkkaVault.Shared.Vault;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Vault;

/// <summary>
/// What pod actors leave when they stop with this process, revoked as its last act. Whoever drives their runs next revokes what the
/// ledger knows; a controller that was held until the others took it out could not report all that it had issued.
/// </summary>
public sealed class LeftWraps(VaultClient vault, ControllerToken token, TimeProvider clock, ILogger<LeftWraps> log) : IHostedService, ILeftWraps
{
    private const int AtOnce = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<OutstandingWrap> _left = new();

    /// <inheritdoc/>
    public void Leave(IEnumerable<OutstandingWrap> wraps)
    {
        var now = clock.GetUtcNow();
        // While the process lives, shards move: what was left then is the next actor's, and dead soon.
        while (_left.TryPeek(out var oldest) && oldest.Expires <= now && _left.TryDequeue(out _))
        {
        }

        foreach (var wrap in wraps) _left.Enqueue(wrap);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var alive = _left.Where(wrap => wrap.Expires > now).DistinctBy(wrap => wrap.Accessor).ToList();
        if (alive.Count == 0) return;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        try
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = deadline.Token };
            await Parallel.ForEachAsync(alive, options, async (wrap, cancellation) =>
                await vault.RevokeAccessorAsync(await token.ValueAsync(cancellation).ConfigureAwait(false), wrap.Accessor, cancellation).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is VaultException or OperationCanceledException)
        {
            log.LogInformation("Not all of {Count} undelivered wrapping tokens could be revoked before the end: they die of their TTL, or the next controller revokes them", alive.Count);
        }
    }
}
