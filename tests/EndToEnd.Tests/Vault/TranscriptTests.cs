using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AkkaVault.Sandbox.Vault;

namespace AkkaVault.EndToEnd.Tests.Vault;

/// <summary>Holds the simulated Vault to a real Vault 1.8: every recorded request again, in order, over real HTTP.</summary>
public sealed class TranscriptTests
{
    [Fact]
    public async Task Every_recorded_request_is_answered_as_Vault_answered_it()
    {
        var recording = RecordedExchange.Load("vault-1.8.jsonl");
        Assert.Equal(112, recording.Count);
        // The earliest time recorded is that of the root token: when that Vault started.
        var clock = new ManualTime(recording.Min(exchange => exchange.Time)!.Value);
        await using var vault = await SimulatedVault.StartAsync(
            new SimulatedVaultOptions { RootToken = "vault-root-token", Time = clock }, CancellationToken.None);
        using var http = new HttpClient { BaseAddress = vault.Address };
        var known = new Correspondence();
        var differences = new List<string>();
        for (var at = 0; at < recording.Count; at++)
        {
            clock.MoveTo(TimeOf(recording, at) ?? clock.GetUtcNow());
            differences.AddRange((await ReplayAsync(http, recording[at], known)).Select(difference => $"{recording[at]}: {difference}"));
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    /// <summary>
    /// When an exchange took place, as far as the recording tells. The ones named <c>…-expired</c> came after a wait, and tell no
    /// time: they took place no later than the next that does.
    /// </summary>
    private static DateTimeOffset? TimeOf(IReadOnlyList<RecordedExchange> recording, int at) =>
        recording[at].Name.EndsWith("-expired", StringComparison.Ordinal)
            ? recording.Skip(at).Select(exchange => exchange.Time).First(time => time is not null)
            : recording[at].Time;

    private static async Task<IReadOnlyList<string>> ReplayAsync(HttpClient http, RecordedExchange exchange, Correspondence known)
    {
        using var request = new HttpRequestMessage(new HttpMethod(exchange.Method), exchange.Path);
        if (exchange.RequestBody is { } body)
        {
            // A body recorded as text was sent as it stands, being no JSON.
            var text = body.GetValueKind() == JsonValueKind.String ? (string)body! : known.Of(body)!.ToJsonString();
            request.Content = new StringContent(text, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        }

        foreach (var (name, value) in exchange.Headers)
        {
            if (name != "Content-Type") Assert.True(request.Headers.TryAddWithoutValidation(name, known.Of(value)));
        }

        using var response = await http.SendAsync(request);
        var answered = await response.Content.ReadAsStringAsync();
        var comparison = new AnswerComparison(known);
        if ((int)response.StatusCode != exchange.Status) comparison.Differences.Add($"{exchange.Status} recorded, {(int)response.StatusCode} here: {answered}");
        var contentType = response.Content.Headers.ContentType?.ToString();
        if (contentType != exchange.ContentType) comparison.Differences.Add($"{exchange.ContentType} recorded, {contentType} here");
        if (exchange.Body is JsonObject) comparison.Compare(exchange.Body, JsonNode.Parse(answered), "body");
        else comparison.Compare(exchange.Body, JsonValue.Create(answered), "body", exchange.Body is JsonValue raw && ((string)raw!).Length > 0 ? "certificate" : "");
        return comparison.Differences;
    }
}
