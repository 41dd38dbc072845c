using System.Collections.Immutable;
using System.Net;
using AkkaVault.Controller.Cluster.Forming;

namespace AkkaVault.Actors.Tests.Cluster;

/// <summary>
/// A model of everything around the bootstraps: processes that start, crash, come back at their address or at another, and are
/// slow for a while; an API server that publishes addresses late and fails at first; clusters that let in who asks a member.
/// Every choice comes from one seeded random source.
/// </summary>
internal sealed class BootstrapWorld
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);
    private readonly Random _random;
    private readonly BootstrapRules _rules;
    private readonly List<Process> _processes = [];
    private readonly PriorityQueue<Action, DateTimeOffset> _due = new();
    private readonly DateTimeOffset _start = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);
    private readonly DateTimeOffset _apiFailsUntil;
    private DateTimeOffset _now;
    private int _clusters;
    private int _addresses;

    private sealed class Process(ContactPoint point, DateTimeOffset published)
    {
        public ContactPoint Point { get; } = point;
        public string Node => $"akka.tcp://s@{Point.Ip}:2552";
        public DateTimeOffset Published { get; } = published;
        public DateTimeOffset SlowFrom { get; set; }
        public DateTimeOffset SlowUntil { get; set; }
        public bool Alive { get; set; } = true;
        public bool Withdrawn { get; set; }
        public DateTimeOffset ForgottenAt { get; set; } = DateTimeOffset.MaxValue;
        public int? Cluster { get; set; }
        public int Attempt { get; set; }
        public Bootstrap Bootstrap { get; set; } = null!;
        public HashSet<ContactPoint> Asking { get; } = [];
        public Dictionary<ContactPoint, DateTimeOffset> AskedLast { get; } = [];
        public bool LookingUp { get; set; }
        public DateTimeOffset LookedUp { get; set; }
    }

    public BootstrapWorld(int seed, int replicas)
    {
        _random = new Random(seed);
        _now = _start;
        _rules = new BootstrapRules(replicas, (replicas / 2) + 1);
        _apiFailsUntil = _start + Between(0, _random.Next(2) == 0 ? 0 : 12_000);
        var togetherOrOneByOne = _random.Next(3) switch { 0 => 0, 1 => 3_000, _ => 20_000 };
        // Addresses are not handed out in the order of starting.
        foreach (var address in Enumerable.Range(1, replicas).OrderBy(_ => _random.Next()))
            _due.Enqueue(() => StartAt(address), _start + Between(0, togetherOrOneByOne));
        _addresses = replicas;
    }

    /// <summary>What was found wrong; empty when all is well.</summary>
    public List<string> Violations { get; } = [];

    /// <summary>When every process was in a cluster for the first time, since the last start.</summary>
    public TimeSpan? AllIn { get; private set; }

    /// <summary>Lets the processes start, crash and come back for a while, then waits until all are in.</summary>
    public void Live(TimeSpan troubled)
    {
        while (_now < _start + troubled)
        {
            Advance();
            if (_random.Next(300) == 0) Trouble();
        }

        var quiet = _now;
        while (_now < quiet + TimeSpan.FromSeconds(60) && AllIn is null)
        {
            Advance();
            if (Living.Count() == _rules.Replicas && Living.All(process => process.Bootstrap.Phase == BootstrapPhase.Joined)) AllIn = _now - quiet;
        }

        if (AllIn is null) Violations.Add($"after a minute of quiet: {string.Join(", ", Living.Select(process => $"{process.Point} {process.Bootstrap.Phase}"))}");
    }

    private IEnumerable<Process> Living => _processes.Where(process => process.Alive);

    private void Advance()
    {
        _now += Step;
        while (_due.TryPeek(out var action, out var at) && at <= _now)
        {
            _due.Dequeue();
            action();
        }

        foreach (var process in Living.Where(process => !IsSlow(process)).ToList())
        {
            Give(process, new BootstrapInput.Tick());
            LookUp(process);
            Probe(process);
        }

        var clusters = Living.Where(process => process.Cluster is not null).Select(process => process.Cluster).Distinct().Count();
        if (clusters > 1) Violations.Add($"{clusters} clusters at {(_now - _start).TotalSeconds:F2} s");
    }

    private void Trouble()
    {
        var living = Living.ToList();
        if (living.Count == 0) return;
        var process = living[_random.Next(living.Count)];
        switch (_random.Next(6))
        {
            case 0:
                // Shorter than the patience: what is slow for longer is taken for gone, and left to the downing.
                (process.SlowFrom, process.SlowUntil) = (_now, _now + Between(100, 3_500));
                break;
            case 1:
                foreach (var each in living) Crash(each, moves: _random.Next(3) == 0);
                break;
            case 2:
                Crash(process, moves: true);
                break;
            default:
                Crash(process, moves: false);
                break;
        }
    }

    private void Crash(Process process, bool moves)
    {
        process.Alive = false;
        process.ForgottenAt = _now + Between(300, 2_500);
        if (moves) _processes.FindAll(other => other.Point == process.Point).ForEach(other => other.Withdrawn = true);
        var address = moves ? ++_addresses : int.Parse(process.Point.Ip.ToString().Split('.')[3], System.Globalization.CultureInfo.InvariantCulture);
        _due.Enqueue(() => StartAt(address), _now + Between(200, 8_000));
    }

    private void StartAt(int address)
    {
        var point = new ContactPoint(IPAddress.Parse($"10.0.0.{address}"), 8558);
        // An address that stays is still published; a new one is published before or after its process listens.
        var known = _processes.LastOrDefault(other => other.Point == point);
        var process = new Process(point, known?.Published ?? (_now + Between(-500, 3_000)));
        process.Bootstrap = Bootstrap.Begin(_rules, point, process.Node, _now);
        if (_random.Next(5) == 0) (process.SlowFrom, process.SlowUntil) = (_now, _now + Between(0, 3_000));
        _processes.Add(process);
    }

    private void LookUp(Process process)
    {
        var interval = process.Bootstrap.Phase == BootstrapPhase.Joined ? TimeSpan.FromSeconds(10) : _rules.DiscoveryInterval;
        if (process.LookingUp || _now - process.LookedUp < interval) return;
        process.LookingUp = true;
        var asked = _now;
        var takes = Between(5, _random.Next(10) == 0 ? 1_200 : 100);
        After(takes / 2, () =>
        {
            var points = _now < _apiFailsUntil || _random.Next(30) == 0 ? null
                : _processes.Where(other => other.Published <= _now && !other.Withdrawn).Select(other => other.Point).ToImmutableSortedSet();
            After(takes / 2, () =>
            {
                (process.LookingUp, process.LookedUp) = (false, _now);
                if (points is not null) Give(process, new BootstrapInput.Discovered(points, asked));
            });
        });
    }

    private void Probe(Process process)
    {
        if (process.Bootstrap.Phase == BootstrapPhase.Joined) return;
        foreach (var point in process.Bootstrap.Discovered)
        {
            if (process.Asking.Contains(point) || _now - process.AskedLast.GetValueOrDefault(point) < _rules.ProbeInterval) continue;
            process.Asking.Add(point);
            var asked = _now;
            void Conclude(BootstrapInput input)
            {
                process.Asking.Remove(point);
                process.AskedLast[point] = _now;
                Give(process, input);
            }

            var there = Between(1, 100);
            After(there, () =>
            {
                if (Living.FirstOrDefault(other => other.Point == point) is not { } asks || IsSlow(asks) || _random.Next(40) == 0)
                {
                    var refused = !Living.Any(other => other.Point == point);
                    After(refused ? TimeSpan.Zero : _rules.ProbeTimeout - there, () => Conclude(new BootstrapInput.Silent(point, asked)));
                    return;
                }

                var answer = new ContactPointAnswer(asks.Bootstrap.IsBusy && asks.Cluster is null, SeedsOf(asks));
                After(Between(1, 300), () => Conclude(new BootstrapInput.Answered(point, asked, answer)));
            });
        }
    }

    private ImmutableSortedSet<string> SeedsOf(Process process) => process.Cluster is { } cluster
        ? [.. _processes.Where(other => other.Cluster == cluster && (other.Alive || _now < other.ForgottenAt)).Select(other => other.Node)]
        : [];

    private void Give(Process process, BootstrapInput input)
    {
        if (!process.Alive) return;
        var step = process.Bootstrap.On(input, _now);
        process.Bootstrap = step.Bootstrap;
        foreach (var effect in step.Effects)
        {
            if (effect is BootstrapEffect.Say) continue;
            var attempt = ++process.Attempt;
            After(Between(20, 600), () => Become(process, attempt, effect));
        }
    }

    private void Become(Process process, int attempt, BootstrapEffect effect)
    {
        if (!process.Alive || process.Attempt != attempt || process.Cluster is not null) return;
        var cluster = effect is BootstrapEffect.Join join
            ? Living.FirstOrDefault(other => other.Cluster is not null && !IsSlow(other) && join.Seeds.Contains(other.Node))?.Cluster
            : ++_clusters;
        if (cluster is null)
        {
            After(TimeSpan.FromSeconds(1), () => Become(process, attempt, effect));
            return;
        }

        process.Cluster = cluster;
        Give(process, new BootstrapInput.BecameMember());
    }

    private bool IsSlow(Process process) => _now >= process.SlowFrom && _now < process.SlowUntil;

    private void After(TimeSpan delay, Action action) => _due.Enqueue(action, _now + (delay > TimeSpan.Zero ? delay : TimeSpan.Zero));

    private TimeSpan Between(int least, int most) => TimeSpan.FromMilliseconds(least + (_random.NextDouble() * (most - least)));
}
