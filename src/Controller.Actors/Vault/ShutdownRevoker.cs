using System.Collections.Immutable;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Vault.Renewal;
using AkkaVault.Shared.Vault;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Vault;

/// <summary>
/// What pod actors leave when they stop with this process, revoked as its last act. Whoever drives their runs next revokes what the
/// ledger knows; a controller that was held until the others took it out could not report all that it had issued.
/// </summary>
public sealed class ShutdownRevoker(VaultClient vault, ControllerToken token, TimeProvider clock, ILogger<ShutdownRevoker> log) : IHostedService, IShutdownRevoker
{
    private const int AtOnce = 8;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private readonly Lock _one = new();
    private ImmutableList<PendingRevocation> _left = [];

    /// <inheritdoc/>
    public void Add(IEnumerable<PendingRevocation> wraps)
    {
        var now = clock.GetUtcNow();
        // While the process lives, shards move: what was left then is the next actor's, and dead soon.
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
        // Not the host's patience: the hand-over may have used it up, which is when most is left.
        using var deadline = new CancellationTokenSource(Timeout);
        var failed = 0;
        await Parallel.ForEachAsync(alive, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (wrap, _) =>
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
        if (failed > 0) log.WrapsLeft(failed);
    }
}
