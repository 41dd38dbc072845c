using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AkkaVault.Contracts;

namespace AkkaVault.Actors.Tests.Hosting.Management;

/// <summary>The JSON of the management port. Controllers write it, and <c>akkavault</c> reads it.</summary>
public class ManagementDocumentsTests
{
    private static readonly DateTime s_seen = new(2026, 11, 24, 19, 34, 54, 957, DateTimeKind.Utc);

    [Fact]
    public void Members() => Written(
        new MembersDocument("a", null, "b", new Dictionary<string, string> { ["Role"] = "b" }, [new UnreachableDocument("c", [])], [new MemberDocument("b", "7", "Up", ["Role"])]),
        ManagementJson.Answers.MembersDocument, ManagementJson.Default.MembersDocument,
        """{"selfNode":"a","leader":null,"oldest":"b","oldestPerRole":{"Role":"b"},"unreachable":[{"node":"c","observedBy":[]}],"members":[{"node":"b","nodeUid":"7","status":"Up","roles":["Role"]}]}""");

    [Fact]
    public void Shards() => Written(
        new ShardsDocument([new ShardDocument("3", 2)]), ManagementJson.Answers.ShardsDocument, ManagementJson.Default.ShardsDocument, """{"regions":[{"shardId":"3","numEntities":2}]}""");

    [Fact]
    public void Pods_that_wait() => Written(
        new PodsDocument("a", [new PodRunDocument("ns", "web-0", "u", "u/r", "web", "waiting", 2, "it's \"no\"", "vault-403", s_seen, 1.5, null)], 0, ["c"]),
        ManagementJson.Answers.PodsDocument, ManagementJson.Default.PodsDocument,
        """{"selfNode":"a","pods":[{"namespace":"ns","pod":"web-0","uid":"u","run":"u/r","role":"web","state":"waiting","attempts":2,"lastError":"it's \"no\"","lastErrorCode":"vault-403","seenAt":"2026-11-24T19:34:54.957Z","ageSeconds":1.5,"node":null,"isRedelivery":false}],"omitted":0,"unanswered":["c"]}""");

    [Fact]
    public void The_runs_of_a_pod() => Written(
        new PodDocument("ns", "web-0", [new RunDocument("u", "u/r", "web", "ended", 1, null, null, s_seen, s_seen, "delivered", "a", true, s_seen, true)], 0, []),
        ManagementJson.Answers.PodDocument, ManagementJson.Default.PodDocument,
        """{"namespace":"ns","pod":"web-0","runs":[{"uid":"u","run":"u/r","role":"web","state":"ended","attempts":1,"lastError":null,"lastErrorCode":null,"seenAt":"2026-11-24T19:34:54.957Z","endedAt":"2026-11-24T19:34:54.957Z","outcome":"delivered","node":"a","isRedelivery":true,"nextDeliveryAt":"2026-11-24T19:34:54.957Z","isOverdue":true}],"omitted":0,"unanswered":[]}""");

    [Fact]
    public void The_status_of_a_cluster() => Written(
        new ClusterStatusDocument(
            "a", s_seen, "not yet", "b",
            [new MemberStatusDocument("b", "Up", true, true, "0.1.0", s_seen, null, 6, 11, new VaultDocument(false, 5, 0.01, 0.2, 60, 120), [new CertificateDocument("remoting", 5, 10)])],
            [new WaitingPodDocument("ns", "web-0", "u/r", "web", "waiting", 2, s_seen, 1.5, null, "role-refused", "it's \"no\"", "grant", true)], 3,
            new DeliveriesDocument(1, 0.1, 0.2, [new DeliveryDocument("ns", "api-0", "u/r", "api", s_seen, 0.25, 1, "b")]), [new FailureDocument("push", "no-answer", 2)],
            new WatchDocument("b", true, null), new LedgerDocument("b", "kubernetes", 7, 1048576, s_seen, 1, 2, 3, null), ["c"]),
        ManagementJson.Answers.ClusterStatusDocument, ManagementJson.Default.ClusterStatusDocument,
        """{"selfNode":"a","at":"2026-11-24T19:34:54.957Z","problem":"not yet","oldest":"b","members":[{"node":"b","status":"Up","reachable":true,"leads":true,"version":"0.1.0","startedAt":"2026-11-24T19:34:54.957Z","problem":null,"shards":6,"podActors":11,"vault":{"circuitOpen":false,"requests":5,"p50Seconds":0.01,"p95Seconds":0.2,"tokenLeftSeconds":60,"tokenLifetimeSeconds":120},"certificates":[{"certificate":"remoting","leftSeconds":5,"lifetimeSeconds":10}]}],"pods":[{"namespace":"ns","pod":"web-0","run":"u/r","role":"web","state":"waiting","attempts":2,"seenAt":"2026-11-24T19:34:54.957Z","ageSeconds":1.5,"node":null,"code":"role-refused","reason":"it's \"no\"","whatToDo":"grant","failed":true}],"omitted":3,"deliveries":{"count":1,"p50Seconds":0.1,"p95Seconds":0.2,"last":[{"namespace":"ns","pod":"api-0","run":"u/r","role":"api","at":"2026-11-24T19:34:54.957Z","seconds":0.25,"attempts":1,"node":"b"}]},"failures":[{"of":"push","reason":"no-answer","count":2}],"watch":{"node":"b","watching":true,"interruptedAt":null},"ledger":{"node":"b","store":"kubernetes","bytes":7,"limitBytes":1048576,"writtenAt":"2026-11-24T19:34:54.957Z","pending":1,"delivered":2,"cancelled":3,"nextDeliveryAt":null},"unanswered":["c"]}""");

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"selfNode":"a","pods":null,"unanswered":[]}""")]
    public void What_is_not_an_answer_is_not_read(string json) => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(json, ManagementJson.Default.PodsDocument));

    private static void Written<T>(T document, JsonTypeInfo<T> write, JsonTypeInfo<T> read, string json)
    {
        Assert.Equal(json, JsonSerializer.Serialize(document, write));
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize(json, read)!, write));
    }
}
