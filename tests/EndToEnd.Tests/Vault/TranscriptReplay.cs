using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AkkaVault.EndToEnd.Tests.Vault;

/// <summary>Every recorded request again, in order, over HTTP, each answer compared with the recorded one.</summary>
internal sealed class TranscriptReplay(IReadOnlyList<RecordedExchange> recording)
{
    /// <summary>The earliest time recorded is that of the root token: when that Vault started.</summary>
    public DateTimeOffset Start { get; } = recording.Min(exchange => exchange.Time)!.Value;

    /// <summary>Replays; the differences are empty when all is as recorded.</summary>
    /// <param name="address">The Vault to ask.</param>
    /// <param name="shift">How much later its clock is than the recording's.</param>
    /// <param name="reach">Makes its clock reach a time of the recording, shift included.</param>
    public async Task<IReadOnlyList<string>> RunAsync(Uri address, TimeSpan shift, Func<DateTimeOffset, Task> reach)
    {
        using var http = new HttpClient { BaseAddress = address };
        var known = new Correspondence();
        var differences = new List<string>();
        for (var at = 0; at < recording.Count; at++)
        {
            if (TimeOf(at) is { } time) await reach(time + shift);
            var comparison = new AnswerComparison(known) { Shift = shift };
            await CompareAsync(http, recording[at], known, comparison);
            differences.AddRange(comparison.Differences.Select(difference => $"{recording[at]}: {difference}"));
        }

        return differences;
    }

    /// <summary>
    /// When an exchange took place, as far as the recording tells. The ones named <c>…-expired</c> came after a wait, and tell no
    /// time: they took place no later than the next that does.
    /// </summary>
    private DateTimeOffset? TimeOf(int at) =>
        recording[at].Name.EndsWith("-expired", StringComparison.Ordinal)
            ? recording.Skip(at).Select(exchange => exchange.Time).First(time => time is not null)
            : recording[at].Time;

    private static async Task CompareAsync(HttpClient http, RecordedExchange exchange, Correspondence known, AnswerComparison comparison)
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
        if ((int)response.StatusCode != exchange.Status) comparison.Differences.Add($"{exchange.Status} recorded, {(int)response.StatusCode} here: {answered}");
        var contentType = response.Content.Headers.ContentType?.ToString();
        if (contentType != exchange.ContentType) comparison.Differences.Add($"{exchange.ContentType} recorded, {contentType} here");
        if (exchange.Body is JsonObject) comparison.Compare(exchange.Body, answered.StartsWith('{') ? JsonNode.Parse(answered) : JsonValue.Create(answered), "body");
        else comparison.Compare(exchange.Body, JsonValue.Create(answered), "body", exchange.Body is JsonValue raw && ((string)raw!).Length > 0 ? "certificate" : "");
    }
}
