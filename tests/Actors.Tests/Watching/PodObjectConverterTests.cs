using System.Text;
using System.Text.Json;
using AkkaVault.Controller.Watching;

namespace AkkaVault.Actors.Tests.Watching;

public sealed class PodObjectConverterTests
{
    private const string Metadata = """{"name": "app", "namespace": "default", "uid": "u1", "resourceVersion": "7", "managedFields": [{"fieldsV1": {"f:metadata": {}}}], "annotations": ANNOTATIONS}""";
    private const string Annotated = """{"pod.boostport.com/vault-approle": "sample-app", "pod.boostport.com/vault-init-container": "install"}""";
    private const string Specification = """{"nodeName": "n1", "volumes": [{"name": "v", "emptyDir": {}}], "initContainers": [{"name": "install", "env": [{"name": "A", "value": "}"}]}], "containers": [{"name": "app"}]}""";
    private const string Status = """{"phase": "Pending", "podIP": "10.0.0.7", "initContainerStatuses": [{"name": "install", "containerID": "containerd://1", "restartCount": 2, "state": {"running": {"startedAt": "2026-11-29T10:00:00Z"}}}]}""";

    /// <summary>The properties of a pod in every order, with others among them.</summary>
    public static TheoryData<string, string, string> Orders => new()
    {
        { "metadata", "spec", "status" }, { "metadata", "status", "spec" }, { "spec", "metadata", "status" },
        { "spec", "status", "metadata" }, { "status", "metadata", "spec" }, { "status", "spec", "metadata" },
    };

    [Theory]
    [MemberData(nameof(Orders))]
    public void An_annotated_pod_is_read_in_any_order(string first, string second, string third)
    {
        var pod = Read(Pod(Annotated, first, second, third));
        Assert.Equal(("app", "default", "u1", "7"), (pod.Metadata.Name, pod.Metadata.Namespace, pod.Metadata.Uid, pod.Metadata.ResourceVersion));
        Assert.Equal("n1", pod.Spec?.NodeName);
        Assert.Equal(["install"], pod.Spec?.InitContainers?.Select(container => container.Name) ?? []);
        Assert.Equal("10.0.0.7", pod.Status?.PodIp);
        Assert.Equal(new DateTimeOffset(2026, 11, 29, 10, 0, 0, TimeSpan.Zero), pod.Status?.InitContainerStatuses?[0].State?.Running?.StartedAt);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"pod.boostport.com/vault-approle": "sample-app"}""")]
    [InlineData("""{"pod.boostport.com/vault-approle": "sample-app", "pod.boostport.com/vault-init-container": " "}""")]
    public void Of_another_pod_only_the_metadata_are_read(string annotations)
    {
        var pod = Read(Pod(annotations, "metadata", "spec", "status"));
        Assert.Equal(("u1", "7"), (pod.Metadata.Uid, pod.Metadata.ResourceVersion));
        Assert.Null(pod.Spec);
        Assert.Null(pod.Status);
    }

    [Fact]
    public async Task Every_pod_of_a_list_is_read_whatever_is_before_it_and_in_whatever_parts_it_arrives()
    {
        var (ours, others) = (Pod(Annotated, "metadata", "spec", "status"), Pod("null", "metadata", "spec", "status"));
        var json = $$"""{"kind": "PodList", "metadata": {"resourceVersion": "9", "continue": "c"}, "items": [{{string.Join(", ", Enumerable.Repeat($"{others}, {ours}", 100))}}]}""";
        await using var parts = new SlowStream(Encoding.UTF8.GetBytes(json));
        var list = (await JsonSerializer.DeserializeAsync(parts, PodJson.Default.PodListDocument))!;
        Assert.Equal(Enumerable.Repeat<bool[]>([false, true], 100).SelectMany(pair => pair), list.Items!.Select(pod => pod.Status is not null));
        Assert.Equal(("9", "c"), (list.Metadata.ResourceVersion, list.Metadata.Continue));
    }

    [Theory]
    [InlineData("{}", "the pod has no metadata")]
    [InlineData("""{"metadata": null}""", "the pod's metadata is null")]
    [InlineData("[]", "expected a pod, got StartArray")]
    public void What_is_no_pod_is_refused(string json, string problem) => Assert.Contains(problem, Assert.Throws<JsonException>(() => Read(json)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"kind": "PodList", "metadata": {"resourceVersion": "9", "continue": "c"}, "items": [{"metadata": {"continue": "x"}}]}""", "c")]
    [InlineData("""{"items": [{"metadata": {"continue": "x"}}], "metadata": {"continue": "c"}, "kind": "PodList"}""", "c")]
    [InlineData("""{"metadata": {"resourceVersion": "9"}, "items": []}""", "")]
    [InlineData("""{"metadata": {"continue": ""}, "items": null}""", "")]
    [InlineData("""{"metadata": null}""", "")]
    [InlineData("{}", "")]
    public void The_lists_own_metadata_name_the_next_page(string list, string expected) => Assert.Equal(expected, PodPages.ContinueOf(Encoding.UTF8.GetBytes(list)));

    private static PodObject Read(string json) => JsonSerializer.Deserialize(json, PodJson.Default.PodObject)!;

    private static string Pod(string annotations, params string[] order) => $$"""{"kind": "Pod", "apiVersion": "v1", {{string.Join(", ", order.Select(name => $"\"{name}\": {Value(name, annotations)}"))}}}""";

    private static string Value(string name, string annotations) => name switch
    {
        "metadata" => Metadata.Replace("ANNOTATIONS", annotations, StringComparison.Ordinal),
        "spec" => Specification,
        _ => Status,
    };

    /// <summary>Gives a few bytes at a time, as a connection does.</summary>
    private sealed class SlowStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(buffer.Length, 7)], cancellationToken);
    }
}
