using System.Text;
using Akka.Actor;
using AkkaVault.Controller.Cluster.Serialization;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;
using AkkaVault.Controller.Runs;

namespace AkkaVault.Actors.Tests.Cluster.Serialization;

/// <summary>What redeliveries added to the stored and sent format: fields that earlier versions pass over, and do without.</summary>
public sealed class RedeliveryFormatTests : IDisposable
{
    private const string RunJson = """{"uid":"uid-1","container":"containerd://1"}""";
    private const string TargetJson = """{"run":{"uid":"uid-1","container":"containerd://1"},"namespace":"default","name":"web-0","ip":"10.1.0.5","role":"web","node":"node-1","startedAt":"2026-11-24T01:02:03+00:00"}""";
    private const string AtJson = "\"2026-11-24T01:02:03+00:00\"";
    private const string NextJson = "\"2026-11-24T02:02:03+00:00\"";
    private static readonly DateTimeOffset At = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);
    private static readonly DateTimeOffset Next = At.AddHours(1);
    private static readonly RunId Run = new("uid-1", "containerd://1");
    private static readonly DeliveryTarget Target = new(Run, "default", "web-0", "10.1.0.5", "web", "node-1", At);
    private static readonly PendingRevocation Wrap = new("accessor-1", At);

    private readonly ActorSystem _system = ActorSystem.Create("redelivery-format");
    private readonly WireSerializer _serializer;

    public RedeliveryFormatTests() => _serializer = new WireSerializer((ExtendedActorSystem)_system);

    public void Dispose() => _system.Dispose();

    public static TheoryData<object, string, string> Fields => new()
    {
        { new AssignRun(Target, At, [], IsRedelivery: true), "drive", $$"""{"target":{{TargetJson}},"seenAt":{{AtJson}},"outstanding":[],"isRedelivery":true}""" },
        { new AckRun(Run, At), "settle", $$"""{"run":{{RunJson}},"seenAt":{{AtJson}}}""" },
        { new AckRun(Run, At, "accessor-1"), "settle", $$"""{"run":{{RunJson}},"seenAt":{{AtJson}},"lastPushed":"accessor-1"}""" },
        { new RunDelivered(Run, [], [], At, Next), "delivered", $$"""{"run":{{RunJson}},"outstanding":[],"over":[],"seenAt":{{AtJson}},"nextDeliveryAt":{{NextJson}}}""" },
        { new RunDelivered(Run, [], [], At, null, "accessor-1"), "delivered", $$"""{"run":{{RunJson}},"outstanding":[],"over":[],"seenAt":{{AtJson}},"lastPushed":"accessor-1"}""" },
        { new Added(Target, At, "7", IsRedelivery: true), "e-accepted", $$"""{"target":{{TargetJson}},"seenAt":{{AtJson}},"cursor":"7","isRedelivery":true}""" },
        { new Delivered(Run, [], "7", Next), "e-delivered", $$"""{"run":{{RunJson}},"outstanding":[],"cursor":"7","nextDeliveryAt":{{NextJson}}}""" },
        { new LedgerSnapshot("7", [new LedgerEntry(Target, RunStatus.Pending, At, [], IsRedelivery: true)]), "snapshot", $$"""{"cursor":"7","entries":[{"target":{{TargetJson}},"status":"InHand","seenAt":{{AtJson}},"outstanding":[],"isRedelivery":true}]}""" },
        { new LedgerSnapshot("7", [new LedgerEntry(Target, RunStatus.Delivered, At, [Wrap], Next)]), "snapshot", $$"""{"cursor":"7","entries":[{"target":{{TargetJson}},"status":"Delivered","seenAt":{{AtJson}},"outstanding":[{"accessor":"accessor-1","expires":{{AtJson}}}],"nextDeliveryAt":{{NextJson}}}]}""" },
        { new GetRuns("default", "web-0", Run), "ask-runs", $$"""{"namespace":"default","pod":"web-0","run":{{RunJson}}}""" },
        { new RunsPage("a", [new RunSummary(Run, "default", "web-0", "web", DeliveryState.Ended, 1, null, At, At, RunOutcome.Delivered, null, true, Next, true)], 1, 1), "runs-part", $$"""{"node":"a","lines":[{"run":{{RunJson}},"namespace":"default","pod":"web-0","role":"web","state":"Ended","attempts":1,"lastError":null,"seenAt":{{AtJson}},"endedAt":{{AtJson}},"outcome":"Delivered","isRedelivery":true,"nextDeliveryAt":{{NextJson}},"isStored":true}],"sent":1,"known":1}""" },
        { new LedgerSnapshot("7", [], [1, 2, 3]), "snapshot", """{"cursor":"7","entries":[],"served":"AQID"}""" },
    };

    [Theory]
    [MemberData(nameof(Fields))]
    public void The_fields_have_these_names(object message, string manifest, string json)
    {
        Assert.Equal(manifest, _serializer.Manifest(message));
        Assert.Equal(json, Encoding.UTF8.GetString(_serializer.ToBinary(message)));
        Assert.Equal(json, Encoding.UTF8.GetString(_serializer.ToBinary(_serializer.FromBinary(Encoding.UTF8.GetBytes(json), manifest))));
    }

    [Fact]
    public void A_snapshot_of_an_earlier_version_has_its_delivered_runs_among_the_others()
    {
        var earlier = $$"""{"cursor":"7","entries":[{"target":{{TargetJson}},"status":"Delivered","seenAt":{{AtJson}},"outstanding":[]}]}""";
        var ledger = Assert.IsType<LedgerSnapshot>(_serializer.FromBinary(Encoding.UTF8.GetBytes(earlier), "snapshot")).ToLedger();
        Assert.Empty(ledger.Entries);
        Assert.Equal((Target, (DateTimeOffset?)null), (Assert.Single(ledger.Served.All).Target, Assert.Single(ledger.Served.All).NextDeliveryAt));
        Assert.Equal(RunStatus.Delivered, ledger.Find(Run)!.Status);
    }

    [Fact]
    public void Served_runs_are_stored_as_these_bytes()
    {
        var ledger = RunLedger.Empty.Apply(new Added(Target, At, "7")).Apply(new Delivered(Run, [], "8", Next.AddMilliseconds(1)));
        Assert.Equal(
            """{"cursor":"8","entries":[],"served":"Skms+Ka9cnfe7/OV/IrlC2sE8Bw="}""",
            Encoding.UTF8.GetString(_serializer.ToBinary(LedgerSnapshot.Of(ledger))));
        var again = LedgerSnapshot.Of(ledger).ToLedger();
        // Later by less than a second: earlier, the run would refuse it.
        Assert.Equal(Next.AddSeconds(1), again.Find(Run)!.NextDeliveryAt);
        Assert.Equal(RunStatus.Delivered, again.Find(Run)!.Status);
        Assert.Null(again.Find(new RunId("uid-1", "containerd://2")));
        Assert.Null(again.Find(new RunId("uid-2", "containerd://1")));
    }
}
