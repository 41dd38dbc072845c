using System.Security.Cryptography;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Serialization;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using AkkaVault.Actors.Tests.Ledger.Storage.ConfigMap;
using AkkaVault.Controller.Cluster.Serialization;
using AkkaVault.Controller.Common;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;
using AkkaVault.Controller.Ledger.Storage.ConfigMap;
using AkkaVault.Controller.Runs;
using AkkaVault.Controller.Watching;
using Microsoft.Extensions.Logging.Abstractions;

namespace AkkaVault.Actors.Tests.Watching;

/// <summary>The watcher with more pods at once than its store has room for. A store that is full for good would serve nobody any more.</summary>
public sealed class WatcherStormTests : TestKit
{
    private const int Limit = 256 * 1024;

    // As much less than the limit as that of a ConfigMap.
    private static readonly LedgerCapacity s_capacity = new(225_000);
    private static readonly DateTimeOffset At = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private readonly FakeLedgerObject _object;
    private readonly ScriptedPods _pods = new();
    private readonly LedgerAsObserved _observed = new();
    private readonly Akka.TestKit.TestProbe _region;

    public WatcherStormTests()
        : this(new FakeLedgerObject { Limit = Limit })
    {
    }

    private WatcherStormTests(FakeLedgerObject ledger)
        : base(SetupWith(ledger), "storm")
    {
        _object = ledger;
        _region = CreateTestProbe();
        // Pod actors that issue and deliver at once.
        _region.SetAutoPilot(new DelegateAutoPilot((sender, message) =>
        {
            if (message is AssignRun assign)
            {
                var token = Token();
                sender.Tell(new RunIssued(assign.Run, [token], []), _region);
                sender.Tell(new RunDelivered(assign.Run, [], [token.Accessor], assign.SeenAt, At.AddYears(20)), _region);
            }

            return AutoPilot.KeepRunning;
        }));
    }

    [Fact]
    public async Task Thousands_of_pods_at_once_and_a_slow_store_never_make_the_ledger_too_large()
    {
        const int Count = 2500;
        _object.WriteTime = TimeSpan.FromMilliseconds(200);
        var pods = Enumerable.Range(0, Count).Select(_ => Pod()).ToList();
        _pods.Listing = () =>
        {
            foreach (var pod in pods) _pods.Say(new PodWatchItem.Listed(pod));
            _pods.Say(new PodWatchItem.ListEnded([.. pods.Select(pod => pod.Uid)], "9"));
        };
        foreach (var pod in pods) _pods.Say(new PodWatchItem.Changed(pod, "7"));
        Watch(StartWatcher());
        await AwaitConditionAsync(() => Task.FromResult(_object.TooLarge > 0 || _observed.Current is { Served.Count: Count, Pods.Count: 0 }), Deadline);
        Assert.Equal(0, _object.TooLarge);
        Assert.InRange(_object.Largest, Limit / 4, s_capacity.Bytes);
    }

    [Fact]
    public async Task A_store_that_an_earlier_leader_has_filled_with_events_is_made_smaller_before_anything_else_is_stored()
    {
        const int Count = 1000;
        var format = new WireSerializer((ExtendedActorSystem)Sys);
        var events = Enumerable.Range(0, Count).Select(_ => Pod().Target!)
            .SelectMany(target => new ILedgerEvent[] { new Added(target, At, "7"), new Issued(target.Run, [Token()], "7"), new Delivered(target.Run, [], "7") })
            .Select((happened, n) => new StoredEvent(n + 1, At.Ticks, "writer", "", new StoredPayload(format.Identifier, format.Manifest(happened), format.ToBinary(happened)))).ToList();
        using (var earlier = new LedgerWriter(new LedgerWriterServices(_object.Seen(() => Mishap.None), "this", new Unobserved(), TimeProvider.System, NullLogger<LedgerWriter>.Instance), _ => { }))
        {
            await earlier.ClaimAsync(default);
            await earlier.ChangeAsync(record => record.Append(events), default);
        }

        _object.Limit = _object.Largest;
        _pods.Say(new PodWatchItem.Changed(Pod(), "8"));
        Watch(StartWatcher());
        await AwaitConditionAsync(() => Task.FromResult(_object.TooLarge > 0 || _observed.Current is { Served.Count: Count + 1, Pods.Count: 0 }), Deadline);
        Assert.Equal(0, _object.TooLarge);
        Assert.True(_object.Stored!.Record.Events.Count < Count);
    }

    private IActorRef StartWatcher() => Sys.ActorOf(WatcherActor.Props(new WatcherServices(
        _pods, _region, _observed, new RunTracker(TimeProvider.System), TimeProvider.System, NullLogger<WatcherActor>.Instance, s_capacity)), "watcher");

    private static ActorSystemSetup SetupWith(FakeLedgerObject ledger) => BootstrapSetup.Create()
        .WithConfig(ConfigMapLedgerStore.Hocon.WithFallback(ConfigurationFactory.ParseString("akka.loglevel = OFF\nakka.stdout-loglevel = OFF\nakka.actor.provider = cluster\nakka.remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }")))
        .And(SerializationSetup.Create(system => [SerializerDetails.Create("pods", new WireSerializer(system), [typeof(IWireMessage)])]))
        .And(new ConfigMapLedgerSetup(WatcherActor.LedgerId, new LedgerWriterServices(
            ledger.Seen(() => Mishap.None), "this", new Unobserved(), TimeProvider.System, NullLogger<LedgerWriter>.Instance)));

    private static PendingRevocation Token() => new(RandomNumberGenerator.GetHexString(24), At);

    private static ObservedPod Pod()
    {
        var (uid, name) = ($"{Guid.NewGuid()}", $"web-{RandomNumberGenerator.GetString("bcdfghjklmnpqrstvwxz2456789", 10)}");
        return new ObservedPod(uid, new DeliveryTarget(new RunId(uid, $"containerd://{RandomNumberGenerator.GetHexString(64, lowercase: true)}"), "default", name, "10.1.0.5", "web", "node-1", At), "");
    }
}
