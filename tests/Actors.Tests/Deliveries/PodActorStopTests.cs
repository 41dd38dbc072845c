using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using AkkaVault.Actors.Tests.Logging;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;
using AkkaVault.Controller.Runs;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Actors.Tests.Deliveries;

/// <summary>A pod actor that is asked to stop; its timers run in virtual time.</summary>
public sealed class PodActorStopTests()
    : TestKit("akka.loglevel = OFF\nakka.stdout-loglevel = OFF\nakka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    // Of so few failures; all together are over before a delivery takes too long.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(5);
    private static readonly DeliveryTarget Target = new(new RunId("uid", "containerd://1"), "default", "web", "10.0.0.1", "web", "node", default);

    [Fact]
    public async Task A_request_that_only_waits_its_turn_is_given_up_and_is_no_failure_of_Vaults()
    {
        var services = new Surroundings();
        var actor = Watch(Sys.ActorOf(PodActor.Props(services.All)));
        actor.Tell(new AssignRun(Target, default, []), TestActor);
        for (var failures = 1; failures < Delivery.FailuresBeforeWarning; failures++)
        {
            await AwaitConditionAsync(() => Task.FromResult(services.Asked == failures && services.IsWaiting), Deadline, Often);
            // Then its timer runs: this scheduler loses what is scheduled while its time is put forward.
            await actor.Ask<ActorIdentity>(new Identify(null), Deadline);
            ((TestScheduler)Sys.Scheduler).Advance(LongestPause);
        }

        await AwaitConditionAsync(() => Task.FromResult(services.Asked == Delivery.FailuresBeforeWarning), Deadline, Often);
        actor.Tell(PodActor.Stop.Instance);
        await FishForMessageAsync<RunUnassigned>(_ => true, Deadline);
        await ExpectTerminatedAsync(actor, Deadline);
        Assert.DoesNotContain(services.Log.Entries, entry => entry.Id != 0);
        Assert.Empty(services.Told);
    }

    /// <summary>A Vault that fails as often as may be without a word, and then lets wait.</summary>
    private sealed class Surroundings : ISecretIssuer, IShutdownRevoker, ISecretPusher, IPodEvents, IDeliveryObserver
    {
        private readonly RunTracker _board = new(TimeProvider.System);
        private int _asked;

        public Surroundings() => All = new PodActorServices(this, this, this, this, this, _board, TimeProvider.System, Log);

        public PodActorServices All { get; }

        public RecordingLog<PodActor> Log { get; } = new();

        public List<string> Told { get; } = [];

        public int Asked => Volatile.Read(ref _asked);

        public bool IsWaiting => _board.View.Pending.GetValueOrDefault(Target.Run)?.State == RunState.Waiting;

        public async Task<IssuedToken> IssueAsync(DeliveryTarget target, CancellationToken whileWaiting, CancellationToken cancellation)
        {
            if (Interlocked.Increment(ref _asked) < Delivery.FailuresBeforeWarning) throw new VaultException("PUT secret-id", "connection refused");
            await Task.Delay(Timeout.InfiniteTimeSpan, whileWaiting);
            throw new InvalidOperationException("nothing ends the wait but its cancellation");
        }

        public Task<bool> RevokeAsync(string accessor, CancellationToken cancellation) => Task.FromResult(true);

        public void Add(IEnumerable<PendingRevocation> wraps)
        {
        }

        public Task<PushOutcome> PushAsync(DeliveryTarget target, IssuedToken issued, bool stalled, CancellationToken cancellation) =>
            throw new InvalidOperationException("nothing was issued");

        public void Tell(string ns, string pod, string uid, PodEventReason reason, string message) => Told.Add($"{reason}: {message}");

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
