using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using Akka.Discovery;
using AkkaVault.Shared.Http;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Forming;

/// <summary>What the bootstrap works with.</summary>
/// <param name="Rules">When a cluster may be formed.</param>
/// <param name="Self">This node's contact point.</param>
/// <param name="Service">The controllers' headless service.</param>
/// <param name="Client">The way to contact points.</param>
/// <param name="Progress">What others are told.</param>
/// <param name="Clock">This node's clock.</param>
/// <param name="Log">Where a person is told.</param>
public sealed record BootstrapServices(
    BootstrapRules Rules, ContactPoint Self, string Service, ContactPointClient Client, BootstrapProgress Progress, TimeProvider Clock,
    ILogger<BootstrapActor> Log);

/// <summary>
/// Brings this node into the cluster. A thin shell: <see cref="Bootstrap"/> decides. Once it is in, it goes on looking at the
/// others, for the metrics and for <see cref="OtherCluster"/>.
/// </summary>
public sealed class BootstrapActor : UntypedActor, IWithTimers
{
    /// <summary>The name of the management port in the service.</summary>
    public const string PortName = "management";

    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LookupIntervalOfMembers = TimeSpan.FromSeconds(10);

    // Asked, and not answered yet: due again when it is.
    private static readonly DateTimeOffset UnderWay = DateTimeOffset.MaxValue;

    private readonly BootstrapServices _services;
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly ServiceDiscovery _discovery = Discovery.Get(Context.System).Default;
    private readonly CancellationTokenSource _stopped = new();
    private readonly Dictionary<ContactPoint, DateTimeOffset> _probeDue = [];
    private Bootstrap _bootstrap;
    private DateTimeOffset _lookupDue;
    private string _lookupProblem = "";
    private OtherCluster _other = OtherCluster.None;

    /// <summary>For <see cref="Props"/>.</summary>
    public BootstrapActor(BootstrapServices services)
    {
        _services = services;
        _bootstrap = Bootstrap.Begin(services.Rules, services.Self, _cluster.SelfAddress.ToString(), services.Clock.GetUtcNow());
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>How to make one.</summary>
    public static Props Props(BootstrapServices services) => Akka.Actor.Props.Create(() => new BootstrapActor(services));

    private sealed record TickDue;

    private sealed record LookupFailed(string Problem);

    private sealed record Surveyed(ImmutableList<ContactPointAnswer> Answers);

    /// <summary>Why the system ends when this node gives way to another cluster.</summary>
    public sealed class GaveWay : CoordinatedShutdown.Reason
    {
        /// <summary>The reason.</summary>
        public static readonly GaveWay Instance = new();

        /// <inheritdoc/>
        public override int ExitCode => ExitCodes.Failed;
    }

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberJoined), typeof(ClusterEvent.MemberUp));
        Timers.StartPeriodicTimer(typeof(TickDue), new TickDue(), TimeSpan.Zero, TickInterval);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        _stopped.Cancel();
        _stopped.Dispose();
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case TickDue:
                Take(new BootstrapInput.Tick());
                Ask(_services.Clock.GetUtcNow());
                break;
            case BootstrapInput input:
                Conclude(input);
                Take(input);
                break;
            case Surveyed surveyed:
                Compare(surveyed.Answers);
                break;
            case LookupFailed failed:
                LookupEnded(failed.Problem);
                break;
            case ClusterEvent.IMemberEvent happened:
                if (happened.Member.UniqueAddress.Equals(_cluster.SelfUniqueAddress)) Take(new BootstrapInput.BecameMember());
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Take(BootstrapInput input)
    {
        var (now, before) = (_services.Clock.GetUtcNow(), _bootstrap.Phase);
        var step = _bootstrap.On(input, now);
        _bootstrap = step.Bootstrap;
        if (_bootstrap.Phase == BootstrapPhase.Confirming && before != BootstrapPhase.Confirming) AskAllAtOnce();
        // Before anything is done: whoever asks from now on is told.
        _services.Progress.IsBusy = _bootstrap.IsBusy;
        foreach (var effect in step.Effects)
        {
            switch (effect)
            {
                case BootstrapEffect.Say say:
                    _services.Log.Forming(say.Message);
                    break;
                case BootstrapEffect.Join join:
                    _cluster.JoinSeedNodes(join.Seeds.Select(Address.Parse).ToImmutableList());
                    break;
                case BootstrapEffect.Form:
                    _cluster.Join(_cluster.SelfAddress);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(input), effect.GetType().Name, "not an effect");
            }
        }
    }

    private void AskAllAtOnce()
    {
        if (_lookupDue != UnderWay) _lookupDue = default;
        foreach (var point in _probeDue.Where(due => due.Value != UnderWay).Select(due => due.Key).ToList()) _probeDue[point] = default;
    }

    private void Ask(DateTimeOffset now)
    {
        if (now >= _lookupDue)
        {
            _lookupDue = UnderWay;
            LookUpAsync(now).PipeTo(Self, failure: e => new LookupFailed(e.GetType().Name));
        }

        if (_bootstrap.Phase == BootstrapPhase.Joined) return;
        foreach (var point in _bootstrap.Discovered.Where(point => now >= _probeDue.GetValueOrDefault(point)))
        {
            _probeDue[point] = UnderWay;
            ProbeAsync(point, now).PipeTo(Self, failure: _ => new BootstrapInput.Silent(point, now));
        }
    }

    private void Conclude(BootstrapInput input)
    {
        var next = _services.Clock.GetUtcNow() + _services.Rules.ProbeInterval;
        if (input is BootstrapInput.Answered answered) _probeDue[answered.Point] = next;
        if (input is BootstrapInput.Silent silent) _probeDue[silent.Point] = next;
        if (input is not BootstrapInput.Discovered discovered) return;
        LookupEnded("");
        if (_bootstrap.Phase == BootstrapPhase.Joined) SurveyAsync(discovered.Points).PipeTo(Self, failure: _ => new Surveyed([]));
    }

    private async Task<Surveyed> SurveyAsync(ImmutableSortedSet<ContactPoint> points)
    {
        var answers = await Task.WhenAll(points.Where(point => point != _services.Self)
            .Select(point => _services.Client.AskAsync(point, _services.Rules.ProbeTimeout, _stopped.Token))).ConfigureAwait(false);
        return new Surveyed([.. answers.OfType<ContactPointAnswer>()]);
    }

    private void Compare(ImmutableList<ContactPointAnswer> answers)
    {
        var own = _cluster.State.Members.Select(member => member.Address.ToString()).ToImmutableSortedSet(StringComparer.Ordinal);
        (_other, var stronger) = _other.See(own, answers.Select(answer => answer.Seeds));
        if (stronger is null) return;
        _services.Log.GivesWay(string.Join(", ", stronger));
        CoordinatedShutdown.Get(Context.System).Run(GaveWay.Instance);
    }

    private void LookupEnded(string problem)
    {
        if (problem != _lookupProblem && problem.Length > 0)
            _services.Log.LookupFailed(problem);
        _lookupProblem = problem;
        _lookupDue = _services.Clock.GetUtcNow() + (_bootstrap.Phase == BootstrapPhase.Joined ? LookupIntervalOfMembers : _services.Rules.DiscoveryInterval);
    }

    private async Task<object> LookUpAsync(DateTimeOffset asked)
    {
        try
        {
            var found = await _discovery.Lookup(new Lookup(_services.Service, PortName, "tcp"), _services.Rules.DiscoveryTimeout).ConfigureAwait(false);
            return new BootstrapInput.Discovered(
                [.. found.Addresses
                    // Of a pod with addresses of two families one counts: the one by which this node is a member.
                    .Where(target => target.Address is not null && target.Address.AddressFamily == _services.Self.Ip.AddressFamily)
                    .Select(target => new ContactPoint(target.Address, target.Port ?? _services.Self.Port))], asked);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new LookupFailed(Causes.Of(e));
        }
    }

    private async Task<BootstrapInput> ProbeAsync(ContactPoint point, DateTimeOffset asked) =>
        await _services.Client.AskAsync(point, _services.Rules.ProbeTimeout, _stopped.Token).ConfigureAwait(false) is { } answer
            ? new BootstrapInput.Answered(point, asked, answer)
            : new BootstrapInput.Silent(point, asked);
}
