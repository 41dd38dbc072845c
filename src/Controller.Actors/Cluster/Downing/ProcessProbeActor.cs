using System.Net.Sockets;
using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Downing;

/// <summary>
/// Downs members whose process is gone, without waiting for missed heartbeats. <see cref="ProcessProbes"/> decides.
/// </summary>
internal sealed class ProcessProbeActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromMilliseconds(500);

    private readonly ILogger<ProcessProbeActor> _log;
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly ProcessStates _processes = ProcessStates.Of(Context.System.EventStream);
    private readonly CancellationTokenSource _stopped = new();
    private ProcessProbes _probes = ProcessProbes.None;

    public ProcessProbeActor(ILogger<ProcessProbeActor> log)
    {
        _log = log;
        Receive<ProbeInput>(Handle);
        Receive<AssociationEvent>(lost =>
        {
            // The event has the address only: it stands for the incarnation that is a member now.
            if (_cluster.State.Members.FirstOrDefault(member => member.Address.Equals(lost.RemoteAddress)) is { } known) Handle(new ProbeInput.Disconnected(known.UniqueAddress));
        });
        Receive<ClusterEvent.UnreachableMember>(unreachable => Handle(new ProbeInput.BecameUnreachable(unreachable.Member.UniqueAddress)));
        Receive<ClusterEvent.ReachableMember>(reachable => Handle(new ProbeInput.BecameReachable(reachable.Member.UniqueAddress)));
        Receive<ClusterEvent.MemberRemoved>(removed => Handle(new ProbeInput.Removed(removed.Member.UniqueAddress)));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _cluster.Subscribe(
            Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.IReachabilityEvent), typeof(ClusterEvent.MemberRemoved));
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        Context.System.EventStream.Subscribe(Self, typeof(AssociationErrorEvent));
    }

    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        Context.System.EventStream.Unsubscribe(Self);
        _stopped.Cancel();
        _stopped.Dispose();
    }

    private void Handle(ProbeInput input)
    {
        (_probes, var effects) = _probes.Handle(input, _cluster.State.Members.Count);
        foreach (var effect in effects) Perform(effect);
    }

    private void Perform(ProbeEffect effect)
    {
        var member = effect.Member;
        switch (effect)
        {
            case ProbeEffect.Connect:
                ConnectAsync(member, _stopped.Token).PipeTo(Self);
                break;
            case ProbeEffect.Wait wait:
                Timers.StartSingleTimer(member, new ProbeInput.Due(member), wait.Delay);
                break;
            case ProbeEffect.MarkGone:
                _log.ProcessGone(member.Address.ToString());
                _processes.MarkGone(member.Address.ToString());
                break;
            case ProbeEffect.ClearGone:
                _processes.ClearGone(member.Address.ToString());
                break;
            case ProbeEffect.Down:
                // A down is by address: it must not hit the next incarnation when this one has been removed meanwhile.
                if (_cluster.State.Members.Any(known => known.UniqueAddress.Equals(member))) _cluster.Down(member.Address);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(effect), effect.GetType().Name, "not an effect");
        }
    }

    private static async Task<ProbeInput> ConnectAsync(UniqueAddress member, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(ConnectTimeout);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // IPv6 addresses are in brackets.
            await socket.ConnectAsync(member.Address.Host.Trim('[', ']'), member.Address.Port ?? 0, deadline.Token).ConfigureAwait(false);
            return new ProbeInput.Tried(member, ConnectOutcome.Accepted);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return new ProbeInput.Tried(member, ConnectOutcome.Refused);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return new ProbeInput.Tried(member, ConnectOutcome.Silent);
        }
    }
}
