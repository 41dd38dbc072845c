using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AkkaVault.Sandbox.Kubernetes;

namespace AkkaVault.Simulators.Tests.Kubernetes;

/// <summary>Compares the simulated API server with real ones of 1.20 and 1.36. It repeats every recorded request in order, over real HTTP.</summary>
public sealed partial class TranscriptTests
{
    private const string PodLife = "watch-pending-through-a-pod-life";
    private const string AllOfPodLife = "watch-too-old";

    [Theory]
    [InlineData("kubernetes-1.20.jsonl", ApiServerVersion.Kubernetes120)]
    [InlineData("kubernetes-1.36.jsonl", ApiServerVersion.Kubernetes136)]
    public async Task Every_recorded_request_is_answered_as_Kubernetes_answered_it(string file, ApiServerVersion version)
    {
        var recording = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Transcripts", file)).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(23, recording.Count);
        await using var server = await SimulatedApiServer.StartAsync(version);
        using var http = new HttpClient { BaseAddress = server.Address };
        var comparison = new ObjectComparison();
        foreach (var exchange in recording)
        {
            var name = (string)exchange["name"]!;
            var before = comparison.Differences.Count;
            if (exchange["watchEvents"] is not JsonArray events) await ReplayAsync(http, server.Token, name, exchange, comparison);
            else if (name == PodLife) await ReplayPodLifeAsync(http, server.Token, exchange, recording.Single(other => (string)other["name"]! == AllOfPodLife), comparison);
            else await ReplayWatchAsync(http, server.Token, exchange["request"]!, events, comparison);
            for (var i = before; i < comparison.Differences.Count; i++) comparison.Differences[i] = $"{name}: {comparison.Differences[i]}";
        }

        Assert.True(comparison.Differences.Count == 0, string.Join('\n', comparison.Differences));
    }

    private static async Task ReplayAsync(HttpClient http, string token, string name, JsonNode exchange, ObjectComparison comparison)
    {
        var body = exchange["request"]!["body"]?.DeepClone();
        // The recorder changed this body for later requests before it wrote the body
        // down. The sent spec is the stored one, and the sent body had no version.
        if (name == "lease-create") body!["spec"] = exchange["response"]!["body"]!["spec"]!.DeepClone();
        if (name is "lease-create" or "lease-create-again") body!["metadata"]!.AsObject().Remove("resourceVersion");
        else if ((string?)body?["metadata"]?["resourceVersion"] is { } version) body["metadata"]!["resourceVersion"] = comparison.VersionOf(version);

        // The headers of these two were not recorded: one had an unknown token, and one had no token.
        var authorization = name switch { "unauthorized" => "nobody's", "forbidden" => null, _ => token };
        using var response = await SendAsync(http, authorization, (string)exchange["request"]!["method"]!, (string)exchange["request"]!["path"]!, body);
        var answer = await response.Content.ReadAsStringAsync();
        if ((int)response.StatusCode != (int)exchange["response"]!["status"]!) comparison.Differences.Add($"{exchange["response"]!["status"]} recorded, {(int)response.StatusCode} here: {answer}");
        else comparison.Compare(exchange["response"]!["body"], JsonNode.Parse(answer), "body");
    }

    /// <summary>
    /// The recording does not show what was done to the pods during the watch. A watch
    /// over everything shows it, unless its version was too old. Then this watch shows it.
    /// </summary>
    private static async Task ReplayPodLifeAsync(HttpClient http, string token, JsonNode exchange, JsonNode everything, ObjectComparison comparison)
    {
        using var watch = await SendAsync(http, token, "GET", PathOf(exchange["request"]!, comparison), null);
        foreach (var change in everything["watchEvents"]!.AsArray() is [{ } first] && (string)first["type"]! == "ERROR" ? Hidden(exchange["watchEvents"]!.AsArray()) : Shown(everything["watchEvents"]!.AsArray()))
        {
            var path = $"/api/v1/namespaces/rec/pods/{change["metadata"]!["name"]}";
            using var answer = change["metadata"]!["deletionTimestamp"] is null
                ? await SendAsync(http, token, "PATCH", path + "/status", new JsonObject { ["status"] = change["status"]!.DeepClone() })
                : await SendAsync(http, token, "DELETE", path + "?gracePeriodSeconds=0", null);
            answer.EnsureSuccessStatusCode();
        }

        await CompareEventsAsync(watch, exchange["watchEvents"]!.AsArray(), comparison);
    }

    private static IEnumerable<JsonNode> Shown(JsonArray events) => events.Where(change => (string)change!["type"]! == "MODIFIED").Select(change => change!["object"]!);

    // The watch selects pending pods. A pod that is DELETED without a deletionTimestamp began to run, and was deleted later.
    private static IEnumerable<JsonNode> Hidden(JsonArray events)
    {
        var deleted = new List<JsonNode>();
        foreach (var change in events.Where(change => (string)change!["type"]! is "MODIFIED" or "DELETED").Select(change => change!.DeepClone()))
        {
            var pod = change["object"]!;
            if ((string)change["type"]! == "DELETED")
            {
                if (pod["metadata"]!["deletionTimestamp"] is not null) continue;
                pod["status"]!["phase"] = "Running";
                var end = pod.DeepClone();
                end["metadata"]!["deletionTimestamp"] = "later";
                deleted.Add(end);
            }

            yield return pod;
        }

        foreach (var pod in deleted) yield return pod;
    }

    private static async Task ReplayWatchAsync(HttpClient http, string token, JsonNode request, JsonArray recorded, ObjectComparison comparison)
    {
        using var response = await SendAsync(http, token, "GET", PathOf(request, comparison), null);
        if (recorded is [{ } refusal] && refusal["http"] is { } status)
        {
            Assert.Equal((int)status, (int)response.StatusCode);
            comparison.Compare(refusal["body"], JsonNode.Parse(await response.Content.ReadAsStringAsync()), "body");
            return;
        }

        await CompareEventsAsync(response, recorded, comparison);
    }

    private static async Task CompareEventsAsync(HttpResponseMessage response, JsonArray recorded, ObjectComparison comparison)
    {
        var lines = (await response.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        comparison.Compare(recorded, new JsonArray([.. lines.Select(line => JsonNode.Parse(line))]), "events");
    }

    private static string PathOf(JsonNode request, ObjectComparison comparison) =>
        Version().Replace((string)request["path"]!, match => $"resourceVersion={comparison.VersionOf(match.Groups[1].Value)}");

    private static Task<HttpResponseMessage> SendAsync(HttpClient http, string? token, string method, string path, JsonNode? body)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, method == "PATCH" ? "application/merge-patch+json" : "application/json");
        return http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    [GeneratedRegex(@"resourceVersion=(\d+)")]
    private static partial Regex Version();
}
