using System.Collections.Concurrent;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using AkkaVault.Actors.Tests.Logging;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;
using AkkaVault.Controller.Runs;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Actors.Tests.Deliveries;

/// <summary>A pod that cannot be pushed to for as long as it lives; timers run in virtual time.</summary>
public sealed class PodActorOverdueTests()
    : TestKit("akka.loglevel = OFF\nakka.stdout-loglevel = OFF\nakka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
{
    private const int Overdue = 1110;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly DeliveryTarget Target = new(new RunId("uid", "containerd://1"), "default", "web", "10.0.0.1", "web", "node", default);

    [Fact]
    public async Task It_is_told_once_after_a_minute_in_the_log_and_on_the_pod_with_what_to_look_at()
    {
        var services = new Surroundings();
        var actor = Sys.ActorOf(PodActor.Props(services.All));
        actor.Tell(new AssignRun(Target, default, []), TestActor);
        await PassAsync(actor, services, TimeSpan.FromSeconds(50));
        Assert.DoesNotContain(services.Log.Entries, entry => entry.Id != 0);
        await PassAsync(actor, services, TimeSpan.FromMinutes(10));

        const string Said = "the push to port 50000 of the pod was not answered: silence";
        Assert.Equal(
            $"default/web (AppRole web) has waited for its secret for a minute or more: {Said} (no-answer). {ProblemAdvice.For(ProblemCode.NoAnswer, "web")} It is tried again until the pod is gone.",
            Assert.Single(services.Log.Entries, entry => entry.Id != 0).Text);
        Assert.Equal(Overdue, Assert.Single(services.Log.Entries, entry => entry.Id != 0).Id);
        Assert.Equal($"default/web uid VaultSecretFailed: {Said}. {ProblemAdvice.For(ProblemCode.NoAnswer, "web")}", Assert.Single(services.Told));
        var line = Assert.Single(services.Board.View.Lines(null));
        Assert.Equal((Said, ProblemCode.NoAnswer), (line.LastError, line.LastErrorCode));
    }

    private async Task PassAsync(IActorRef actor, Surroundings services, TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(1))
        {
            // Nothing is under way but waits: this scheduler loses what is scheduled while its time is put forward.
            await AwaitConditionAsync(() => Task.FromResult(services.IsWaiting), Deadline, TimeSpan.FromMilliseconds(1));
            await actor.Ask<ActorIdentity>(new Identify(null), Deadline);
            ((TestScheduler)Sys.Scheduler).Advance(TimeSpan.FromSeconds(1));
            await actor.Ask<ActorIdentity>(new Identify(null), Deadline);
        }
    }

    private sealed class Surroundings : ISecretIssuer, IShutdownRevoker, ISecretPusher, IPodEvents, IDeliveryObserver
    {
        private int _issued;

        public Surroundings() => All = new PodActorServices(this, this, this, this, this, Board, TimeProvider.System, Log);

        public PodActorServices All { get; }

        public RunTracker Board { get; } = new(TimeProvider.System);

        public RecordingLog<PodActor> Log { get; } = new();

        public ConcurrentQueue<string> Told { get; } = [];

        public bool IsWaiting => Board.View.Pending.GetValueOrDefault(Target.Run)?.State == RunState.Waiting;

        public Task<IssuedToken> IssueAsync(DeliveryTarget target, CancellationToken whileWaiting, CancellationToken cancellation)
        {
            var now = DateTimeOffset.UtcNow;
            return Task.FromResult(new IssuedToken(
                new WrappingToken("s.wrap", $"accessor-{Interlocked.Increment(ref _issued)}", TimeSpan.FromMinutes(1), now, "auth/approle/role/web/secret-id"), now.AddMinutes(1)));
        }

        public Task<bool> RevokeAsync(string accessor, CancellationToken cancellation) => Task.FromResult(true);

        public void Add(IEnumerable<PendingRevocation> wraps)
        {
        }

        public Task<PushOutcome> PushAsync(DeliveryTarget target, IssuedToken issued, bool stalled, CancellationToken cancellation) =>
            Task.FromResult<PushOutcome>(new PushOutcome.NoAnswer("silence"));

        public void Tell(string ns, string pod, string uid, PodEventReason reason, string message) => Told.Enqueue($"{ns}/{pod} {uid} {reason}: {message}");

        public void PushStarted(DeliveryTarget target)
        {
        }

        public void PushFailed(DeliveryTarget target, string reason)
        {
        }

        public void WrappingTokenFoundUsed(DeliveryTarget target)
        {
        }

        public void Delivered(DeliveryTarget target, TimeSpan sinceStart, TimeSpan sinceSeen)
        {
        }

        public void LedgerChanged(RunLedger ledger)
        {
        }

        public void WatcherStarted()
        {
        }

        public void WatcherStopped()
        {
        }
    }
}
