using System.Text;
using Akka.Actor;
using AkkaVault.Controller.Cluster.Reachability;
using AkkaVault.Controller.Cluster.Serialization;
using AkkaVault.Controller.Cluster.Sharding;
using AkkaVault.Controller.Common;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;
using AkkaVault.Controller.Members;
using AkkaVault.Controller.Runs;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Cluster.Serialization;

public sealed class WireSerializerTests : IDisposable
{
    private static readonly DateTimeOffset At = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);
    private static readonly RunId Run = new("uid-1", "containerd://1");
    private static readonly DeliveryTarget Target = new(Run, "default", "web-0", "10.1.0.5", "web", "node-1", At);
    private static readonly PendingRevocation Wrap = new("accessor-1", At);

    private readonly ActorSystem _system = ActorSystem.Create("serializer");
    private readonly WireSerializer _serializer;

    public WireSerializerTests() => _serializer = new WireSerializer((ExtendedActorSystem)_system);

    public void Dispose() => _system.Dispose();

    /// <summary>The stored format. Every released version wrote these bytes.</summary>
    public static TheoryData<object, string, string> Stored => new()
    {
        { new AssignRun(Target, At, [Wrap]), "drive", """{"target":{"run":{"uid":"uid-1","container":"containerd://1"},"namespace":"default","name":"web-0","ip":"10.1.0.5","role":"web","node":"node-1","startedAt":"2026-11-24T01:02:03+00:00"},"seenAt":"2026-11-24T01:02:03+00:00","outstanding":[{"accessor":"accessor-1","expires":"2026-11-24T01:02:03+00:00"}]}""" },
        { new CancelRun(Run, [Wrap]), "drop", """{"run":{"uid":"uid-1","container":"containerd://1"},"outstanding":[{"accessor":"accessor-1","expires":"2026-11-24T01:02:03+00:00"}]}""" },
        { new AckRun(Run), "settle", """{"run":{"uid":"uid-1","container":"containerd://1"}}""" },
        { new RunIssued(Run, [], ["a"]), "issued", """{"run":{"uid":"uid-1","container":"containerd://1"},"outstanding":[],"over":["a"]}""" },
        { new RunDelivered(Run, [], []), "delivered", """{"run":{"uid":"uid-1","container":"containerd://1"},"outstanding":[],"over":[]}""" },
        { new RunProgressed(Run), "progressed", """{"run":{"uid":"uid-1","container":"containerd://1"}}""" },
        { new RunUnassigned(Run), "let-go", """{"run":{"uid":"uid-1","container":"containerd://1"}}""" },
        { new RunEnded(Run, []), "ended", """{"run":{"uid":"uid-1","container":"containerd://1"},"over":[]}""" },
        { new Added(Target, At, "7"), "e-accepted", """{"target":{"run":{"uid":"uid-1","container":"containerd://1"},"namespace":"default","name":"web-0","ip":"10.1.0.5","role":"web","node":"node-1","startedAt":"2026-11-24T01:02:03+00:00"},"seenAt":"2026-11-24T01:02:03+00:00","cursor":"7"}""" },
        { new Issued(Run, [Wrap], "7"), "e-issued", """{"run":{"uid":"uid-1","container":"containerd://1"},"outstanding":[{"accessor":"accessor-1","expires":"2026-11-24T01:02:03+00:00"}],"cursor":"7"}""" },
        { new Delivered(Run, [], "7"), "e-delivered", """{"run":{"uid":"uid-1","container":"containerd://1"},"outstanding":[],"cursor":"7"}""" },
        { new Cancelled(Run, "gone", "7"), "e-abandoned", """{"run":{"uid":"uid-1","container":"containerd://1"},"reason":"gone","cursor":"7"}""" },
        { new Removed(Run, "7"), "e-released", """{"run":{"uid":"uid-1","container":"containerd://1"},"cursor":"7"}""" },
        { new Advanced("7"), "e-reached", """{"cursor":"7"}""" },
        { new LedgerSnapshot("7", [new LedgerEntry(Target, RunStatus.Pending, At, [Wrap])]), "snapshot", """{"cursor":"7","entries":[{"target":{"run":{"uid":"uid-1","container":"containerd://1"},"namespace":"default","name":"web-0","ip":"10.1.0.5","role":"web","node":"node-1","startedAt":"2026-11-24T01:02:03+00:00"},"status":"InHand","seenAt":"2026-11-24T01:02:03+00:00","outstanding":[{"accessor":"accessor-1","expires":"2026-11-24T01:02:03+00:00"}]}]}""" },
        { new GetRuns("default", "web-0"), "ask-runs", """{"namespace":"default","pod":"web-0"}""" },
        { new RunsPage("akka.tcp://a@b:1", [new RunSummary(Run, "default", "web-0", "web", DeliveryState.Waiting, 3, "403", At, null, null)], 1, 7), "runs-part", """{"node":"akka.tcp://a@b:1","lines":[{"run":{"uid":"uid-1","container":"containerd://1"},"namespace":"default","pod":"web-0","role":"web","state":"Waiting","attempts":3,"lastError":"403","seenAt":"2026-11-24T01:02:03+00:00","endedAt":null,"outcome":null}],"sent":1,"known":7}""" },
        { new GetControllerStatus(), "ask-status", "{}" },
        {
            new ControllerStatus(
                "akka.tcp://a@b:1", "0.1.0", At, "sealed", 6, 11, new VaultStatus(true, new LatencyHistogram([new LatencyBucket(0.5, 1)], 2), 60, 120), [new CertificateStatus("remoting", 5, 10)],
                LatencyHistogram.Empty, [new DeliveredRun("uid-1/c", "default", "web-0", "web", At, At, 1)], [new FailureCount("push", "not-listening", 3)], new LeaderStatus(true, null, "kubernetes", 7, At, 1, 2, 3, null)),
            "status",
            """{"node":"akka.tcp://a@b:1","version":"0.1.0","startedAt":"2026-11-24T01:02:03+00:00","problem":"sealed","shards":6,"podActors":11,"vault":{"circuitOpen":true,"requests":{"buckets":[{"upToSeconds":0.5,"count":1}],"count":2},"tokenLeftSeconds":60,"tokenLifetimeSeconds":120},"certificates":[{"label":"remoting","leftSeconds":5,"lifetimeSeconds":10}],"deliveries":{"buckets":[],"count":0},"lastDelivered":[{"run":"uid-1/c","namespace":"default","pod":"web-0","role":"web","seenAt":"2026-11-24T01:02:03+00:00","at":"2026-11-24T01:02:03+00:00","attempts":1}],"failures":[{"of":"push","reason":"not-listening","count":3}],"leader":{"watching":true,"interruptedAt":null,"store":"kubernetes","bytes":7,"writtenAt":"2026-11-24T01:02:03+00:00","pending":1,"delivered":2,"cancelled":3,"nextDeliveryAt":null}}"""
        },
        { new FindShard(7), "find-shard", """{"shard":7}""" },
        { new ShardFound(7), "shard-found", """{"shard":7}""" },
        { new ShardsWillMove(), "shards-will-move", "{}" },
        { new RefreshShardLocations(), "recall-shards", "{}" },
        { new ShardLocationsKnown(), "shards-known", "{}" },
        { new GetApiServerReachability(3), "ask-reach", """{"round":3}""" },
        { new ApiServerReachability(3, "akka.tcp://a@b:1", true), "reach", """{"round":3,"node":"akka.tcp://a@b:1","reached":true}""" },
    };

    [Theory]
    [MemberData(nameof(Stored))]
    public void The_stored_format_is_kept(object message, string manifest, string json)
    {
        Assert.Equal(manifest, _serializer.Manifest(message));
        Assert.Equal(json, Encoding.UTF8.GetString(_serializer.ToBinary(message)));
        var again = _serializer.FromBinary(_serializer.ToBinary(message), manifest);
        Assert.Equal(_serializer.ToBinary(message), _serializer.ToBinary(again));
    }

    [Fact]
    public void Everything_that_crosses_nodes_or_is_stored_has_a_manifest_and_a_place_above()
    {
        var wire = typeof(IWireMessage).Assembly.GetTypes().Where(type => typeof(IWireMessage).IsAssignableFrom(type) && type is { IsAbstract: false, IsInterface: false });
        Assert.Equal(wire.Select(type => type.Name).Order(), Stored.Select(row => ((object[])row)[0].GetType().Name).Order());
    }

    [Fact]
    public void That_a_push_had_no_answer_is_one_more_field()
    {
        Assert.Equal(
            """{"run":{"uid":"uid-1","container":"containerd://1"},"hadUnansweredPush":true}""", Encoding.UTF8.GetString(_serializer.ToBinary(new RunUnassigned(Run, HadUnansweredPush: true))));
        var assign = new AssignRun(Target, At, [], HadUnansweredPush: true);
        var written = Encoding.UTF8.GetString(_serializer.ToBinary(assign));
        Assert.EndsWith(""","outstanding":[],"hadUnansweredPush":true}""", written, StringComparison.Ordinal);
        Assert.True(Assert.IsType<AssignRun>(_serializer.FromBinary(Encoding.UTF8.GetBytes(written), "drive")).HadUnansweredPush);
    }

    [Fact]
    public void A_controller_of_an_earlier_version_gives_no_code_and_one_of_this_gives_it_as_one_more_field()
    {
        const string Earlier = """{"node":"a","lines":[{"run":{"uid":"u","container":"c"},"namespace":"default","pod":"web-0","role":"web","state":"Waiting","attempts":3,"lastError":"403","seenAt":"2026-11-24T01:02:03+00:00","endedAt":null,"outcome":null}],"sent":1,"known":1}""";
        var line = Assert.Single(Assert.IsType<RunsPage>(_serializer.FromBinary(Encoding.UTF8.GetBytes(Earlier), "runs-part")).Runs);
        Assert.Equal(("403", null), (line.LastError, line.LastErrorCode));
        var part = new RunsPage("a", [line.WithProblem(new DeliveryProblem("vault-403", "403"))], 1, 1);
        Assert.Equal(
            Earlier.Replace("\"outcome\":null", "\"outcome\":null,\"lastErrorCode\":\"vault-403\"", StringComparison.Ordinal), Encoding.UTF8.GetString(_serializer.ToBinary(part)));
        Assert.Equal(part.Runs, Assert.IsType<RunsPage>(_serializer.FromBinary(_serializer.ToBinary(part), "runs-part")).Runs);
    }

    [Fact]
    public void That_a_run_is_completed_is_one_more_field() => The_stored_format_is_kept(
        new CancelRun(Run, [], IsCompleted: true), "drop", """{"run":{"uid":"uid-1","container":"containerd://1"},"outstanding":[],"completed":true}""");

    /// <summary>Because of this, an earlier version can read the messages above.</summary>
    [Fact]
    public void A_field_that_this_version_does_not_know_is_passed_over() =>
        Assert.Equal(new RunUnassigned(Run), _serializer.FromBinary("""{"run":{"uid":"uid-1","container":"containerd://1"},"ofTomorrow":{"a":1}}"""u8.ToArray(), "let-go"));

    [Fact]
    public void An_unknown_manifest_is_named() =>
        Assert.Contains("unknown manifest e-tomorrow", Assert.Throws<ArgumentException>(() => _serializer.FromBinary([], "e-tomorrow")).Message, StringComparison.Ordinal);

    [Property]
    public Property Whatever_texts_a_cluster_uses_come_back_as_they_were() => Prop.ForAll<NonNull<string>, NonNull<string>, DateTimeOffset>((uid, role, at) =>
    {
        var sent = new Added(Target with { Run = new RunId(WellFormed(uid.Get), "c"), Role = WellFormed(role.Get), StartedAt = at }, at, "1");
        return Equals(sent, _serializer.FromBinary(_serializer.ToBinary(sent), _serializer.Manifest(sent)));
    });

    // Lone surrogates are not valid Unicode text. Neither Kubernetes nor JSON has them.
    private static string WellFormed(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
