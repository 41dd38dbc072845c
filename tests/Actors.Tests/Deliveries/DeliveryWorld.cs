using System.Collections.Immutable;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;
using AkkaVault.Shared;

namespace AkkaVault.Actors.Tests.Deliveries;

/// <summary>
/// A model of everything around the two state machines: an API server with pods, a Vault, init containers that accept one push, sidecars
/// that may ask for another, a journal with snapshots, messages in flight, crashes that lose all but the journal, thieves, and nodes that were paused or cut off and do not know
/// that others serve their runs. One seeded random source makes every choice.
/// </summary>
internal sealed partial class DeliveryWorld(int seed)
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(60);
    private static readonly DeliveryTarget CancelledTarget = new(new RunId("", ""), "", "", "", "", "", default);
    private readonly Random _random = new(seed);
    private readonly List<ILedgerEvent> _journal = [];
    private readonly Dictionary<string, Pod> _pods = [];
    private readonly List<PodWatchItem> _watch = [];
    private readonly Queue<IPodCommand> _toActors = new();
    private readonly List<(int Actor, IRunReport Report)> _toWatcher = [];
    private readonly Dictionary<RunId, PodActor> _actors = [];
    private readonly List<PodActor> _cutOff = [];
    private readonly Dictionary<string, Wrap> _wraps = [];
    private RunLedger _ledger = RunLedger.Empty;
    private RunLedger _snapshot = RunLedger.Empty;
    private int _inSnapshot;
    private bool _isListAsked;
    private List<PodWatchItem> _located = [];
    private bool _isEnding;
    private int _watchedTo;
    private int _version;
    private int _names;
    private DateTimeOffset _now = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);

    private sealed class Wrap(string accessor, DateTimeOffset expires)
    {
        public string Accessor { get; } = accessor;
        public DateTimeOffset Expires { get; } = expires;
        public bool Alive { get; set; } = true;
        public bool Stolen { get; set; }
    }

    /// <summary>Serves one run on one node.</summary>
    private sealed class PodActor(RunId run, int id)
    {
        public RunId Run { get; } = run;
        public int Id { get; } = id;
        public Delivery? Delivery { get; set; }

        /// <summary>Of the deliveries that are finished.</summary>
        public int LastOperation { get; set; }
        public List<DeliveryEffect> Work { get; } = [];

        /// <summary>The problems that were warned of since the delivery began or started over.</summary>
        public HashSet<string> Warned { get; } = [];

        /// <summary>Commands that were sent before the node was cut off, and have not arrived.</summary>
        public Queue<IPodCommand> Late { get; } = new();
    }

    /// <summary>The rules that were broken.</summary>
    public List<string> Violations { get; } = [];

    /// <summary>How often a run that was served got another secret, because it wanted it.</summary>
    public int Redeliveries { get; private set; }

    /// <summary>How many thefts were reported.</summary>
    public int ReportedThefts { get; private set; }

    /// <summary>Takes random steps, then lets everything succeed until nothing is left to do.</summary>
    public void Live(int steps)
    {
        for (var i = 0; i < steps; i++) Step();
        // Nodes that were cut off end at the latest when they find out.
        _cutOff.Clear();
        // Sidecars ask for nothing any more once they have what they want.
        _isEnding = true;
        for (var round = 0; round < 400 && !RunToEnd(); round++) _now += TimeSpan.FromSeconds(6);
        CheckEnd();
    }

    private void Step()
    {
        _now += TimeSpan.FromMilliseconds(_random.Next(0, 4000));
        switch (_random.Next(18))
        {
            case 0 or 1: PodHappens(); break;
            case 2 or 3: TakeWatchItem(); break;
            case 4 or 5: TakeCommand(); break;
            case 6 or 7: TakeReport(); break;
            case 8 or 9: DoWork(kind: _random.Next(6)); break;
            case 10: Perform(_random.Next(2) == 0 ? _ledger.Handle(new LedgerInput.SilenceCheckDue(), _now) : _ledger.Handle(new LedgerInput.AnswerCheckDue(), _now)); break;
            case 11 when _random.Next(3) == 0: Steal(); break;
            case 11: break;
            case 12 when _random.Next(2) == 0: CutOff(); break;
            case 14 or 15:
                Perform(_ledger.Handle(new LedgerInput.RedeliveriesDue(), _now));
                for (var i = _random.Next(8); i > 0; i--) Attend();
                break;
            case 16:
                if (_located.Count > 0) Locate();
                else if (_isListAsked) Relist();
                break;
            case 12 or 13:
                for (var i = _random.Next(6); i > 0; i--) LiveApart();
                break;
            default:
                if (_random.Next(4) == 0) Crash();
                else MoveShard();
                break;
        }
    }

    /// <summary>A delivery comes a little further, so that runs get as far as asking for another one.</summary>
    private void Attend()
    {
        TakeWatchItem();
        TakeCommand();
        DoWork(kind: _random.Next(4));
        TakeReport();
    }

    private bool RunToEnd()
    {
        // Every ten minutes the watcher reads the full list, as a safety net.
        while (_watchedTo < _watch.Count) TakeWatchItem();
        Relist();
        Perform(_ledger.Handle(new LedgerInput.PodActorsLost(), _now));
        Perform(_ledger.Handle(new LedgerInput.RedeliveriesDue(), _now));
        var busy = 0;
        while ((_toActors.Count > 0 || _toWatcher.Count > 0 || Busy.Any()) && busy++ < 10_000)
        {
            while (_toActors.Count > 0) TakeCommand();
            while (_toWatcher.Count > 0) TakeReport();
            DoWork(kind: 0);
        }

        return _pods.Values.All(pod => !pod.Running || (pod.Served.ContainsKey(pod.Run) && pod.IsSidecar && pod.WantsAt is null)) && _ledger.Entries.All(entry => !entry.HasWork) && !Deliveries.Any();
    }

    private void CheckEnd()
    {
        foreach (var pod in _pods.Values.Where(pod => pod.Running))
            if (pod.Served.GetValueOrDefault(pod.Run) == 0) Violations.Add($"{pod.Run} is running and was forgotten");
        foreach (var pod in _pods.Values.Where(pod => pod is { Running: true, WantsAt: not null })) Violations.Add($"{pod.Run} wants a redelivery and does not get it");
        foreach (var entry in _ledger.Entries.Where(entry => entry.HasWork)) Violations.Add($"{entry} is never finished");
        foreach (var known in _journal.OfType<Issued>().SelectMany(e => e.PendingRevocations))
            if (_wraps[known.Accessor] is { Alive: true } wrap && wrap.Expires > _now && !IsHeld(known.Accessor))
                Violations.Add($"{known.Accessor} was known as undelivered and is still alive");
        var replayed = Replay();
        if (!replayed.Pods.Keys.Order().SequenceEqual(_ledger.Pods.Keys.Order())) Violations.Add("the journal says something else than the ledger");
        if (!replayed.Served.All.Select(run => (run.Key, run.NextDeliveryAt)).ToHashSet().SetEquals(_ledger.Served.All.Select(run => (run.Key, run.NextDeliveryAt))))
            Violations.Add("the journal says something else of served runs than the ledger");
    }

    private IEnumerable<Delivery> Deliveries => _actors.Values.Select(actor => actor.Delivery).OfType<Delivery>();

    private IEnumerable<PodActor> Busy => _actors.Values.Where(actor => actor.Work.Count > 0);

    private bool IsHeld(string accessor) => Deliveries.Any(d => d.Tokens.InUse?.Token.Accessor == accessor);

    private RunLedger Replay() => _journal.Skip(_inSnapshot).Aggregate(_snapshot, (ledger, e) => ledger.Apply(e));

    private void TakeSnapshot() => (_snapshot, _inSnapshot) = (LedgerSnapshot.Of(Replay()).ToLedger(), _journal.Count);

    private void TakeCommand()
    {
        if (!_toActors.TryDequeue(out var command)) return;
        if (!_actors.TryGetValue(command.Run, out var actor)) _actors.Add(command.Run, actor = new PodActor(command.Run, _names++));
        Give(actor, command);
    }

    private void Give(PodActor actor, IPodCommand command) => Give(actor, command switch
    {
        AssignRun assign => new DeliveryInput.Assign(assign.Target, assign.SeenAt, assign.PendingRevocations, assign.IsRedelivery, assign.HadUnansweredPush),
        CancelRun cancel => new DeliveryInput.Cancel(cancel.PendingRevocations, cancel.IsCompleted),
        AckRun ack => new DeliveryInput.Ack(ack.SeenAt, ack.LastPushed),
        _ => throw new ArgumentOutOfRangeException(nameof(command)),
    });

    private void TakeReport()
    {
        if (_toWatcher.Count == 0) return;
        // Reports of one actor arrive in order. Reports from different nodes arrive in any order.
        var (actor, _) = _toWatcher[_random.Next(_toWatcher.Count)];
        var at = _toWatcher.FindIndex(waiting => waiting.Actor == actor);
        var report = _toWatcher[at].Report;
        _toWatcher.RemoveAt(at);
        Perform(_ledger.Handle(new LedgerInput.Reported(report), _now));
    }

    private void Perform(Transition<RunLedger, LedgerEffect> transition)
    {
        foreach (var added in transition.Events.OfType<Added>())
        {
            var isServed = _ledger.Find(added.Target.Run) is { Status: RunStatus.Delivered };
            if (isServed != added.IsRedelivery && _ledger.Find(added.Target.Run) is not { IsRedelivery: true }) Violations.Add($"{added.Target.Run} is added {(isServed ? "although it is served" : "again without a delivery before")}");
            if (isServed && !(_ledger.Find(added.Target.Run)!.NextDeliveryAt <= _now)) Violations.Add($"{added.Target.Run} gets a redelivery that it did not ask for");
        }

        _isListAsked |= transition.AsksForList;
        // What the list beside the watch tells may be old when it comes.
        if (transition.AsksToLocate) _located = [.. _pods.Values.Select(pod => See(pod).Target).OfType<DeliveryTarget>().Select(target => new PodWatchItem.Located(target)), new PodWatchItem.LocatingEnded()];
        _ledger = transition.State;
        _journal.AddRange(transition.Events);
        // A dictionary of the ledger has another order in each process. Sorted by run, a seed gives the same world in all of them.
        foreach (var command in transition.Commands.OrderBy(command => command.Run.Uid, StringComparer.Ordinal)) _toActors.Enqueue(command);
    }

    private void Give(PodActor actor, DeliveryInput input)
    {
        var run = actor.Run;
        var step = actor.Delivery is { } delivery ? delivery.Handle(input, _now, _random.NextDouble())
            : input switch
            {
                DeliveryInput.Assign assign => Delivery.Begin(assign, actor.LastOperation),
                DeliveryInput.Cancel cancel => Delivery.BeginCancelled(run, cancel, actor.LastOperation),
                _ => null,
            };
        if (step is null) return;
        if (step.State.Warnings.Warned.IsEmpty) actor.Warned.Clear();
        actor.Delivery = step.State;
        foreach (var effect in step.Effects)
        {
            switch (effect)
            {
                // No report of a cut-off node reaches a watcher that can still write the ledger.
                case DeliveryEffect.Report when _cutOff.Contains(actor): break;
                case DeliveryEffect.Report report: _toWatcher.Add((actor.Id, report.Message)); break;
                case DeliveryEffect.CountDelivered when !_served.Contains(run): Violations.Add($"{run} counts as delivered, and was not served"); break;
                case DeliveryEffect.CancelIssue cancel: CancelIssue(actor, cancel.Operation); break;
                case DeliveryEffect.WarnTokenUsed used:
                    ReportedThefts++;
                    if (!_wraps[used.Accessor].Stolen) Violations.Add($"{run}: {used.Accessor} is reported as stolen, and was not");
                    break;
                case DeliveryEffect.Finish:
                    if (step.State is { State: DeliveryState.Delivered, SuspectedThefts.All.IsEmpty: false }) Violations.Add($"{run}: a theft was never reported");
                    (actor.LastOperation, actor.Delivery) = (step.State.Operation, null);
                    break;
                case DeliveryEffect.Warn warn when !actor.Warned.Add(warn.Problem.Code): Violations.Add($"{run}: a person is warned of {warn.Problem} twice"); break;
                case DeliveryEffect.ScheduleOverdueCheck:
                    // Only one such timer exists.
                    actor.Work.RemoveAll(work => work is DeliveryEffect.ScheduleOverdueCheck);
                    actor.Work.Add(effect);
                    break;
                case DeliveryEffect.Push push when push.Issued.Expires <= _now: Violations.Add($"{run}: an expired token is pushed"); break;
                case DeliveryEffect.Issue or DeliveryEffect.Push or DeliveryEffect.ScheduleRetry or DeliveryEffect.Revoke or DeliveryEffect.ScheduleRevokeRetry:
                    actor.Work.Add(effect);
                    break;
            }
        }
    }

    /// <summary>A shard moves: the pod actor reports that and stops, its work is lost, and its reports may arrive after those of the next pod actor.</summary>
    private void MoveShard()
    {
        var serving = _actors.Values.Where(actor => actor.Delivery is not null).ToList();
        if (serving.Count == 0) return;
        var actor = serving[_random.Next(serving.Count)];
        _toWatcher.Add((actor.Id, new RunUnassigned(actor.Run, actor.Delivery!.MayHaveDelivered)));
        _actors.Remove(actor.Run);
        // Messages to a shard that moves may be lost.
        var sent = _toActors.Where(command => command.Run != actor.Run || _random.Next(2) == 0).ToList();
        _toActors.Clear();
        foreach (var command in sent) _toActors.Enqueue(command);
    }

    // All that the nodes knew is lost but the journal, or only what the leader knew. The watch resumes from the resume token in the journal.
    private void Crash()
    {
        if (_random.Next(2) == 0)
        {
            _actors.Clear();
            _toActors.Clear();
        }

        _toWatcher.Clear();
        (_isListAsked, _located) = (false, []);
        if (_random.Next(2) == 0) TakeSnapshot();
        _ledger = Replay();
        _watchedTo = _ledger.ResumeToken.Length == 0 ? 0 : int.Parse(_ledger.ResumeToken, System.Globalization.CultureInfo.InvariantCulture);
        Perform(_ledger.Handle(new LedgerInput.PodActorsLost(), _now));
    }
}
