using Akka.Actor;
using Akka.Management.Cluster.Bootstrap;
using AkkaVault.Controller.Ledger.Storage.ConfigMap;

namespace AkkaVault.Controller.Cluster.Bootstrap;

/// <summary>
/// Decides for Akka.Management's coordinator, for <c>akka.management.cluster.bootstrap.join-decider.class</c>. A thin shell:
/// <see cref="Formation"/> decides. It answers at once: the coordinator decides nothing else meanwhile.
/// </summary>
internal sealed class FencedJoinDecider : IJoinDecider
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    private readonly BootstrapServices _services;
    private readonly CancellationToken _stopped;
    private Formation _formation;
    private (Task<LedgerMark> Answer, TimeSpan Asked)? _reading;
    private Task<bool>? _claiming;
    private TimeSpan _readNext;
    private string? _trouble;

    /// <summary>Made by the name of its class, as Akka.Management does.</summary>
    /// <param name="system">The actor system, started with <see cref="BootstrapServices"/>.</param>
    /// <param name="settings">Akka.Management's.</param>
    public FencedJoinDecider(ActorSystem system, ClusterBootstrapSettings settings)
    {
        _services = BootstrapServices.Of(system);
        _ = settings;
        var stopped = new CancellationTokenSource();
        _stopped = stopped.Token;
        system.RegisterOnTermination(stopped.Cancel);
        _formation = Formation.Begin(_services.Rules, Akka.Cluster.Cluster.Get(system).SelfAddress, Now);
    }

    // It only goes forward, whatever happens to the time of day.
    private TimeSpan Now => _services.Clock.GetElapsedTime(0);

    /// <inheritdoc/>
    public Task<IJoinDecision> Decide(SeedNodesInformation info)
    {
        TakeIn();
        var now = Now;
        var write = Guid.NewGuid().ToString("N");
        var step = _formation.Handle(_formation.Around.Then(info, now), write, now);
        _formation = step.Next;
        // Before the claim is sent: whoever asks from now on is told.
        _services.Cluster.MayForm = _formation.IsClaiming;
        if (step.Say is { } say) _services.Log.Forming(say);
        if (step.Claim is { } mark) _claiming = Bounded(deadline => _services.Ledger.ClaimAsync(mark, write, deadline));
        else if (_reading is null && _claiming is null && now >= _readNext) _reading = (Bounded(_services.Ledger.ReadAsync), now);
        return Task.FromResult(step.Decision);
    }

    private void TakeIn()
    {
        if (_claiming is { IsCompleted: true } claimed)
        {
            _claiming = null;
            _formation = _formation.ClaimEnded(claimed.IsCompletedSuccessfully ? claimed.Result : null);
            Tell(claimed);
        }

        if (_reading is not { Answer: { IsCompleted: true } read } reading) return;
        _reading = null;
        _readNext = Now + _services.Rules.LedgerInterval;
        // It came before now, and after it was asked for.
        _formation = read.IsCompletedSuccessfully ? _formation.Saw(read.Result, reading.Asked, Now) : _formation.SawNothing();
        Tell(read);
    }

    private void Tell(Task ended)
    {
        var trouble = ended.Exception?.InnerException?.Message;
        if (trouble is not null && trouble != _trouble) _services.Log.LedgerUnread(_services.Ledger.Name, trouble);
        _trouble = trouble;
    }

    private async Task<T> Bounded<T>(Func<CancellationToken, Task<T>> ask)
    {
        using var timeout = new CancellationTokenSource(Timeout, _services.Clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(_stopped, timeout.Token);
        try
        {
            return await ask(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested)
        {
            throw new LedgerObjectException(LedgerObjectFailure.Unreachable, "no answer in time", e);
        }
    }
}
