using System.Net;
using System.Text.Json.Nodes;
using AkkaVault.Sandbox;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.EndToEnd.Tests.Sandbox;

/// <summary>Sends an operator's requests to the management ports of several controllers.</summary>
internal sealed class ManagementPorts(SandboxCluster cluster, CancellationToken deadline)
{
    private readonly List<string> _answers = [];

    public HttpClient Http { get; } = new();

    public IReadOnlyList<string> Answers => _answers;

    public string Node(int index) => $"akka.tcp://kubernetes-vault@{cluster.Controllers.AddressOf(index)}:2552";

    public Uri At(int index, string path) => new($"http://{cluster.Controllers.AddressOf(index)}:{ControllerPlace.ManagementPort}/{path}");

    public async Task<(HttpStatusCode Status, JsonNode Document)> SendAsync(HttpMethod method, int index, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, At(index, path)) { Content = content };
        using var answer = await Http.SendAsync(request, deadline);
        var text = await answer.Content.ReadAsStringAsync(deadline);
        _answers.Add(text);
        return (answer.StatusCode, JsonNode.Parse(text)!);
    }

    public async Task<JsonNode> PodsAsync(int index)
    {
        var (status, document) = await SendAsync(HttpMethod.Get, index, "pods");
        Assert.Equal(HttpStatusCode.OK, status);
        return document;
    }

    public Task<(HttpStatusCode Status, JsonNode Document)> HistoryAsync(int index, string pod) => SendAsync(HttpMethod.Get, index, $"pods/{pod}");

    public async Task<(HttpStatusCode Status, string? Message)> ChangeAsync(string address, string operation)
    {
        var (status, document) = await SendAsync(HttpMethod.Put, 0, $"cluster/members/{address}", new FormUrlEncodedContent([new("operation", operation)]));
        return (status, (string?)document["message"]);
    }

    public static JsonNode? Named(JsonNode pods, string pod) => pods["pods"]!.AsArray().SingleOrDefault(run => (string?)run!["pod"] == pod);

    public static bool NoneUnanswered(JsonNode document) => document["unanswered"]!.AsArray().Count == 0;

    /// <summary>Returns the answer that fulfilled a condition. A later answer may no longer fulfil it.</summary>
    public static async Task<T> SeenAsync<T>(Func<Task<T>> look, Func<T, bool> condition, string what)
    {
        T? last = default;
        await Eventually.TrueAsync(async () => last = await look(), seen => condition(seen!), what);
        return last!;
    }
}
