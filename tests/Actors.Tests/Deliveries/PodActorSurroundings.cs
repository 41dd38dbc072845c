using System.Collections.Concurrent;
using Akka.Actor;
using Akka.TestKit;
using AkkaVault.Actors.Tests.Logging;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Runs;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Actors.Tests.Deliveries;

/// <summary>
/// Everything around one pod actor whose timers run in virtual time: a scripted Vault, a scripted init container, the log and events.
/// </summary>
internal sealed class PodActorSurroundings : ISecretIssuer, IShutdownRevoker, ISecretPusher, IPodEvents, IDeliveryObserver
{
    public const string VirtualTime = "akka.loglevel = OFF\nakka.stdout-loglevel = OFF\nakka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"";
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    public static readonly DeliveryTarget Target = new(new RunId("uid", "containerd://1"), "default", "web", "10.0.0.1", "web", "node", default);

    private readonly Func<int, CancellationToken, Task<IssuedToken>> _issue;
    private readonly Func<Task<PushOutcome>> _push;
    private int _requests;

    /// <param name="issue">Answers the n-th request for a secret, counted from 1. The cancellation token cancels a request that waits.</param>
    /// <param name="push">Answers each push.</param>
    public PodActorSurroundings(Func<int, CancellationToken, Task<IssuedToken>> issue, Func<Task<PushOutcome>> push)
    {
        (_issue, _push) = (issue, push);
        Services = new PodActorServices(this, this, this, this, this, Runs, TimeProvider.System, Log);
    }

    public PodActorServices Services { get; }

    public RunTracker Runs { get; } = new(TimeProvider.System);

    public RecordingLog<PodActor> Log { get; } = new();

    /// <summary>The log entries, without debug entries.</summary>
    public IEnumerable<(int Id, string Text)> Logged => Log.Entries.Where(entry => entry.Id != 0);

    public ConcurrentQueue<string> EventsOnPods { get; } = [];

    /// <summary>The number of requests to Vault.</summary>
    public int Requests => Volatile.Read(ref _requests);

    public bool IsWaiting => Runs.View.Unfinished.GetValueOrDefault(Target.Run)?.State == DeliveryState.Waiting;

    /// <summary>A Vault that answers each request with a fresh token.</summary>
    public static Task<IssuedToken> IssueAtOnce(int request, CancellationToken whileWaiting)
    {
        var now = DateTimeOffset.UtcNow;
        return Task.FromResult(new IssuedToken(new WrappingToken("s.wrap", $"accessor-{request}", TimeSpan.FromMinutes(1), now, "auth/approle/role/web/secret-id"), now.AddMinutes(1)));
    }

    /// <summary>Advances the time when only a pause is under way. The scheduler would lose what is scheduled during the advance.</summary>
    public async Task AdvanceAsync(IActorRef actor, TestScheduler scheduler, Func<Task> untilWaiting, TimeSpan time)
    {
        await untilWaiting();
        // After this answer the actor's timer runs.
        await actor.Ask<ActorIdentity>(new Identify(null), Deadline);
        scheduler.Advance(time);
        await actor.Ask<ActorIdentity>(new Identify(null), Deadline);
    }

    Task<IssuedToken> ISecretIssuer.IssueAsync(DeliveryTarget target, CancellationToken whileWaiting, CancellationToken cancellation) =>
        _issue(Interlocked.Increment(ref _requests), whileWaiting);

    Task<bool> ISecretIssuer.RevokeAsync(string accessor, CancellationToken cancellation) => Task.FromResult(true);

    Task<PushOutcome> ISecretPusher.PushAsync(DeliveryTarget target, IssuedToken issued, bool stalled, CancellationToken cancellation) => _push();

    void IPodEvents.Tell(string ns, string pod, string uid, PodEventReason reason, string message) => EventsOnPods.Enqueue($"{ns}/{pod} {uid} {reason}: {message}");

    void IShutdownRevoker.Add(IEnumerable<PendingRevocation> wraps)
    {
    }

    void IDeliveryObserver.PushStarted(DeliveryTarget target)
    {
    }

    void IDeliveryObserver.PushFailed(DeliveryTarget target, string code)
    {
    }

    void IDeliveryObserver.WrappingTokenFoundUsed(DeliveryTarget target)
    {
    }

    void IDeliveryObserver.Delivered(DeliveryTarget target, TimeSpan sinceStart, TimeSpan sinceSeen, bool isRedelivery)
    {
    }
}
