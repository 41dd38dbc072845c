using System.Collections.Immutable;
using Akka.Actor;
using Akka.Management.Cluster.Bootstrap;
using AkkaVault.Controller.Cluster.Bootstrap;
using AkkaVault.Controller.Ledger.Storage.ConfigMap;

namespace AkkaVault.Actors.Tests.Cluster.Bootstrap;

/// <summary>
/// A model of everything around formations. Processes start, crash, come back at the same address or at another, pause (with or without
/// their clocks), and lose contact with one another. The ledger is behind an API server that is down at times, for all or for one process,
/// and that loses and delays answers. Leaders of clusters keep the ledger by the real rules. One seeded random source makes every choice.
/// </summary>
internal sealed partial class FormationWorld
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly Random _random;
    private readonly FormationRules _rules;
    private readonly List<WorldProcess> _processes = [];
    private readonly PriorityQueue<Action, TimeSpan> _due = new();
    private readonly bool _network;
    private ReadLedger? _ledger;
    private TimeSpan _now;
    private TimeSpan _apiAwayUntil;
    private TimeSpan _cutUntil;
    private int _versions;
    private int _clusters;
    private int _uids;
    private int _addresses;

    public FormationWorld(int seed, int replicas, bool network)
    {
        (_random, _network) = (new Random(seed), network);
        _rules = new FormationRules(replicas, (replicas / 2) + 1);
        if (_random.Next(3) == 0) _apiAwayUntil = Between(0, 25_000);
        var spread = _random.Next(3) switch { 0 => 0, 1 => 3_000, _ => 20_000 };
        foreach (var address in Enumerable.Range(1, replicas).OrderBy(_ => _random.Next())) After(Between(0, spread), () => StartAt(address));
        _addresses = replicas;
    }

    /// <summary>The rules that were broken; empty when there are none.</summary>
    public List<string> Violations { get; } = [];

    /// <summary>The number of clusters that were formed.</summary>
    public int Formed => _clusters;

    /// <summary>Lets the processes start, crash and come back for a while, and then waits until all are in one cluster.</summary>
    public void Live(TimeSpan troubled)
    {
        while (_now < troubled)
        {
            Advance();
            if (_random.Next(150) == 0) Trouble();
        }

        (_apiAwayUntil, _cutUntil) = (_now, _now);
        foreach (var process in _processes) process.CutOffUntil = _now;
        for (var until = _now + TimeSpan.FromMinutes(3); _now < until && !AllIn; Advance())
        {
        }

        if (!AllIn) Violations.Add($"after three minutes of quiet: {string.Join(", ", Living.Select(process => $"{process.Name} in {process.Cluster}"))}");
    }

    private bool AllIn => Living.Count() == _rules.Replicas && Living.All(process => process.Cluster is not null) && Living.Select(process => process.Cluster).Distinct().Count() == 1
        && Leader(Living.First().Cluster!.Value) is { Ownership: LedgerOwnership.Owned };

    private IEnumerable<WorldProcess> Living => _processes.Where(process => process.Alive);

    private IEnumerable<WorldProcess> Members(int cluster) => Living.Where(process => process.Cluster == cluster);

    // The oldest member of the side that goes on.
    private WorldProcess? Leader(int cluster) => Members(cluster).OrderBy(process => process.Age).FirstOrDefault();

    private bool IsHeld(WorldProcess process) => _now < process.HeldUntil;

    private bool Reaches(WorldProcess process) => _now >= _apiAwayUntil && _now >= process.CutOffUntil;

    private bool Sees(WorldProcess from, WorldProcess to) => _now >= _cutUntil || from.Side == to.Side;

    private void Advance()
    {
        _now += Step;
        while (_due.TryPeek(out var action, out var at) && at <= _now)
        {
            _due.Dequeue();
            action();
        }

        foreach (var process in Living.ToList())
        {
            if (IsHeld(process))
            {
                if (process.ClockStands) process.Behind += Step;
                continue;
            }

            if (process.Cluster is null) LookAround(process);
            else Lead(process);
        }

        foreach (var cluster in Living.Select(process => process.Cluster).OfType<int>().Distinct().ToList()) Down(cluster);
        Check();
    }

    private void Check()
    {
        var storing = Living.Where(process => process.Ownership is LedgerOwnership.Owned owned && _ledger is { } ledger && owned.Wrote(LedgerCodec.Decode(ledger.Content).Stamp)).ToList();
        if (storing.Select(process => process.Cluster).Distinct().Count() > 1) Violations.Add($"at {_now}: {string.Join(", ", storing.Select(process => process.Name))} can store");
        foreach (var process in Living)
        {
            if (IsHeld(process) || _now < process.CutOffUntil) process.WellSince = _now;
            var leads = process.Cluster is { } cluster && Leader(cluster) == process && (process.Ownership is LedgerOwnership.Owned || _now - process.FoundedAt < TimeSpan.FromSeconds(5));
            if (!leads) process.LeadsSince = _now;
        }
    }

    private void StartAt(int address, int side = 0)
    {
        var process = new WorldProcess(address, ++_uids, _now + Between(-500, 2_000)) { Side = side, Behind = Between(0, 100_000) };
        process.Formation = Formation.Begin(_rules, process.Node, ClockOf(process));
        _processes.Add(process);
    }

    private TimeSpan ClockOf(WorldProcess process) => _now + TimeSpan.FromDays(1) - process.Behind;

    private void LookAround(WorldProcess process)
    {
        if (_now < process.LookNext) return;
        process.LookNext = _now + TimeSpan.FromMilliseconds(200);
        // While the API server is down, the lookup returns its last result.
        if (Reaches(process)) process.Discovered = [.. _processes.Where(other => other.Published <= _now && !other.Withdrawn).Select(other => other.Point)];
        Probe(process);
        var seen = process.Answers.Where(answer => process.Discovered.Contains(answer.Key) && _now - answer.Value.At <= TimeSpan.FromSeconds(2.2))
            .ToImmutableSortedDictionary(answer => answer.Key, answer => Then(process, answer.Key, answer.Value.Answer));
        var write = Guid.NewGuid().ToString("N");
        (process.Formation, var effects) = process.Formation.Handle(new FormationInput.DecisionRequested(new ObservedContactPoints(process.Discovered, seen), write), ClockOf(process));
        switch (effects.OfType<FormationEffect.Decide>().Single().Decision)
        {
            case var _ when effects.OfType<FormationEffect.Claim>().SingleOrDefault() is { } claim:
                ClaimFor(process, claim.Mark, claim.Write);
                break;
            case JoinOtherSeedNodes join:
                Join(process, join.SeedNodes);
                break;
            case JoinSelf:
                Become(process, ++_clusters);
                process.LeadsSince = (process.FoundedAt = process.ClaimedAt).Value;
                break;
            default:
                Read(process);
                break;
        }
    }

    private ContactPointAnswer Then(WorldProcess process, ContactPoint point, ContactPointAnswer answer) =>
        process.Formation.Observed.Answers.GetValueOrDefault(point) is { } before && before.Observed == answer.Observed ? before : answer with { Seen = ClockOf(process) };

    private void Probe(WorldProcess process)
    {
        foreach (var point in process.Discovered.Where(point => !process.Asking.Contains(point)))
        {
            process.Asking.Add(point);
            After(Between(1, 100), () =>
            {
                var other = Living.FirstOrDefault(other => other.Point == point);
                // A process does not answer if it may be about to form a cluster, or if its cluster is leaving.
                var answer = other is null || IsHeld(other) || !Sees(process, other) || (other.Cluster is null && other.Formation.IsClaiming) || other.Leaving || _random.Next(30) == 0 ? null
                    : new ContactPointAnswer(other.Node, SeedsOf(other), DateTimeOffset.UnixEpoch.AddTicks(++_answers), default);
                After(answer is null ? Between(1, 2_000) : Between(1, _random.Next(10) == 0 ? 1_800 : 100), () =>
                {
                    process.Asking.Remove(point);
                    if (answer is not null) process.Answers[point] = (answer, _now);
                });
            });
        }
    }

    private long _answers;

    private ImmutableHashSet<Address> SeedsOf(WorldProcess process) =>
        process.Cluster is { } cluster ? [.. Members(cluster).Where(other => !other.Leaving).Select(other => other.Node)] : [];

    private void Join(WorldProcess process, ImmutableHashSet<Address> seeds)
    {
        var member = Living.FirstOrDefault(other => other.Cluster is not null && !other.Leaving && !IsHeld(other) && Sees(process, other) && seeds.Contains(other.Node));
        if (member is null) return;
        var cluster = member.Cluster!.Value;
        WhenAwake(process, Between(20, 600), () =>
        {
            if (process.Cluster is null && Members(cluster).Any(other => !other.Leaving)) Become(process, cluster);
        });
    }

    private void Become(WorldProcess process, int cluster)
    {
        (process.Cluster, process.Age, process.LeadsSince) = (cluster, _now, _now);
        foreach (var member in Members(cluster))
        {
            member.Known[process.Name] = true;
            process.Known[member.Name] = true;
        }
    }

    private void Leave(WorldProcess member)
    {
        member.Leaving = true;
        WhenAwake(member, Between(500, 3_000), () => Crash(member, moves: false));
    }

    private void WhenAwake(WorldProcess process, TimeSpan delay, Action action) => After(delay, () =>
    {
        if (!process.Alive) return;
        if (IsHeld(process)) WhenAwake(process, Step, action);
        else action();
    });

    private void WhenTime(TimeSpan delay, Action action) => After(delay, action);

    private void After(TimeSpan delay, Action action) => _due.Enqueue(action, _now + (delay > TimeSpan.Zero ? delay : TimeSpan.Zero));

    private TimeSpan Between(int least, int most) => TimeSpan.FromMilliseconds(least + (_random.NextDouble() * (most - least)));
}
