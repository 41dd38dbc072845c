using Akka.Actor;
using Akka.Management.Cluster.Bootstrap;
using AkkaVault.Controller.Ledger.Storage.ConfigMap;

namespace AkkaVault.Controller.Cluster.Bootstrap;

/// <summary>
/// Answers Akka.Management's coordinator as <see cref="Formation"/> decides. It answers at once, and reads or claims the ledger
/// meanwhile: the coordinator does nothing else until it has the answer.
/// </summary>
internal sealed class FencedJoinDecider : IJoinDecider
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    private readonly BootstrapServices _services;
    private readonly CancellationToken _stopped;
    private Formation _formation;
    private (Task<LedgerMark> Answer, TimeSpan Asked)? _reading;
    private Task<bool>? _claiming;
    private TimeSpan _nextRead;
    private string? _problem;

    /// <summary>Called by reflection, with the arguments that Akka.Management passes to every join decider.</summary>
    public FencedJoinDecider(ActorSystem system, ClusterBootstrapSettings settings)
    {
        _ = settings;
        _services = BootstrapServices.Of(system);
        var stopped = new CancellationTokenSource();
        _stopped = stopped.Token;
        system.RegisterOnTermination(stopped.Cancel);
        _formation = Formation.Begin(_services.Rules, Akka.Cluster.Cluster.Get(system).SelfAddress, Now);
    }

    // A clock that only goes forward, whatever happens to the time of day.
    private TimeSpan Now => _services.Clock.GetElapsedTime(0);

    public Task<IJoinDecision> Decide(SeedNodesInformation info)
    {
        HandleAnswers();
        var now = Now;
        var effects = Handle(new FormationInput.DecisionRequested(_formation.Observed.Then(info, now), Guid.NewGuid().ToString("N")), now);
        // This precedes the claim, so that no node is told any more that this one is in no cluster.
        _services.Cluster.MayForm = _formation.IsClaiming;
        foreach (var log in effects.OfType<FormationEffect.Log>()) _services.Log.Forming(log.Progress);
        foreach (var claim in effects.OfType<FormationEffect.Claim>()) _claiming = WithTimeout(deadline => _services.Ledger.ClaimAsync(claim.Mark, claim.Write, deadline));
        if (_reading is null && _claiming is null && now >= _nextRead) _reading = (WithTimeout(_services.Ledger.ReadAsync), now);
        return Task.FromResult(effects.OfType<FormationEffect.Decide>().Single().Decision);
    }

    private void HandleAnswers()
    {
        if (_claiming is { IsCompleted: true } claimed)
        {
            _claiming = null;
            Handle(new FormationInput.ClaimEnded(claimed.IsCompletedSuccessfully ? claimed.Result : null), Now);
            Log(claimed);
        }

        if (_reading is not { Answer: { IsCompleted: true } read } reading) return;
        _reading = null;
        _nextRead = Now + _services.Rules.LedgerInterval;
        Handle(read.IsCompletedSuccessfully ? new FormationInput.LedgerRead(read.Result, reading.Asked) : new FormationInput.LedgerUnread(), Now);
        Log(read);
    }

    private IReadOnlyList<FormationEffect> Handle(FormationInput input, TimeSpan now)
    {
        (_formation, var effects) = _formation.Handle(input, now);
        return effects;
    }

    private void Log(Task ended)
    {
        var problem = ended.Exception?.InnerException?.Message;
        if (problem is not null && problem != _problem) _services.Log.LedgerUnread(_services.Ledger.Name, problem);
        _problem = problem;
    }

    private async Task<T> WithTimeout<T>(Func<CancellationToken, Task<T>> request)
    {
        using var timeout = new CancellationTokenSource(Timeout, _services.Clock);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_stopped, timeout.Token);
        try
        {
            return await request(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested)
        {
            throw new LedgerObjectException(LedgerObjectFailure.Unreachable, "no answer in time", e);
        }
    }
}
