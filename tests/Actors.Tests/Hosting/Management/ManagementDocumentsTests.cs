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
        """{"selfNode":"a","pods":[{"namespace":"ns","pod":"web-0","uid":"u","run":"u/r","role":"web","state":"waiting","attempts":2,"lastError":"it's \"no\"","lastErrorCode":"vault-403","seenAt":"2026-11-24T19:34:54.957Z","ageSeconds":1.5,"node":null}],"omitted":0,"unanswered":["c"]}""");

    [Fact]
    public void The_runs_of_a_pod() => Written(
        new PodDocument("ns", "web-0", [new RunDocument("u", "u/r", "web", "ended", 1, null, null, s_seen, s_seen, "delivered", "a")], 0, []),
        ManagementJson.Answers.PodDocument, ManagementJson.Default.PodDocument,
        """{"namespace":"ns","pod":"web-0","runs":[{"uid":"u","run":"u/r","role":"web","state":"ended","attempts":1,"lastError":null,"lastErrorCode":null,"seenAt":"2026-11-24T19:34:54.957Z","endedAt":"2026-11-24T19:34:54.957Z","outcome":"delivered","node":"a"}],"omitted":0,"unanswered":[]}""");

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
