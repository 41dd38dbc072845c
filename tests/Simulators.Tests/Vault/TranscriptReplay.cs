using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>Repeats every recorded request in order, over HTTP, and compares each answer with the recorded one.</summary>
internal sealed partial class TranscriptReplay(IReadOnlyList<RecordedExchange> recording)
{
    /// <summary>The start of the recorded Vault: the earliest time in the recording, which is the creation of the root token.</summary>
    public DateTimeOffset Start { get; } = recording.Min(exchange => exchange.Time)!.Value;

    /// <summary>Repeats the requests. Returns the differences; there are none when all answers match.</summary>
    /// <param name="address">The address of the Vault.</param>
    /// <param name="shift">How much later the Vault's clock is than the recording's.</param>
    /// <param name="reach">Waits until the Vault's clock reaches a time of the recording plus the shift.</param>
    /// <param name="isOtherBuild">Whether the Vault may be another build than the recorded one.</param>
    public async Task<IReadOnlyList<string>> RunAsync(Uri address, TimeSpan shift, Func<DateTimeOffset, Task> reach, bool isOtherBuild = false)
    {
        using var http = new HttpClient { BaseAddress = address };
        var loggedIn = Start;
        var now = Start;
        var known = new Correspondence();
        var differences = new List<string>();
        for (var at = 0; at < recording.Count; at++)
        {
            if (TimeOf(at, loggedIn) is { } time)
            {
                await reach(time + shift);
                if (time > now) now = time;
            }

            if (IsLogin(at)) loggedIn = now;
            var comparison = new AnswerComparison(known) { Shift = shift, IsOtherBuild = isOtherBuild };
            await CompareAsync(http, recording[at], known, comparison);
            differences.AddRange(comparison.Differences.Select(difference => $"{recording[at]}: {difference}"));
        }

        return differences;
    }

    /// <summary>
    /// When an exchange took place, as far as the recording shows it. An exchange named <c>…-expired</c> came after a wait and
    /// has no time; the next exchange with a time gives an upper bound. Notes show how long after a login some exchanges came.
    /// </summary>
    private DateTimeOffset? TimeOf(int at, DateTimeOffset loggedIn) =>
        recording[at].Name.EndsWith("-expired", StringComparison.Ordinal)
            ? recording.Skip(at).Select(exchange => exchange.Time).First(time => time is not null)
            : AfterLogin(at) is { } noted ? loggedIn + noted
            // The next exchange came a known time after the login, so there was a wait before this one, too. Half of that time is a fair assumption.
            : recording[at].Time is null && !IsLogin(at) && AfterLogin(at + 1) is { } next ? loggedIn + (next / 2)
            : recording[at].Time;

    private bool IsLogin(int at) => recording[at].Path.EndsWith("/login", StringComparison.Ordinal);

    private TimeSpan? AfterLogin(int at) =>
        at < recording.Count && AfterLogin().Match(recording[at].Note ?? "") is { Success: true } note
            ? TimeSpan.FromSeconds(int.Parse(note.Groups[1].Value, CultureInfo.InvariantCulture))
            : null;

    private static async Task CompareAsync(HttpClient http, RecordedExchange exchange, Correspondence known, AnswerComparison comparison)
    {
        // Do not parse the path: a path that begins with two slashes would be read as another host.
        using var request = new HttpRequestMessage(new HttpMethod(exchange.Method), new Uri(http.BaseAddress!.GetLeftPart(UriPartial.Authority) + exchange.Path));
        if (exchange.RequestBody is { } body)
        {
            // A body that was recorded as text is not JSON, and is sent unchanged.
            var text = body.GetValueKind() == JsonValueKind.String ? (string)body! : known.Of(body)!.ToJsonString();
            request.Content = new StringContent(text, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        }

        foreach (var (name, value) in exchange.Headers)
        {
            if (name != "Content-Type") Assert.True(request.Headers.TryAddWithoutValidation(name, known.Of(value)));
        }

        using var response = await http.SendAsync(request);
        var answered = await response.Content.ReadAsStringAsync();
        Compare(exchange, (int)response.StatusCode, response.Content.Headers.ContentType?.ToString(), answered, comparison);
    }

    /// <summary>Compares one answer with the recorded one.</summary>
    public static void Compare(RecordedExchange exchange, int status, string? contentType, string answered, AnswerComparison comparison)
    {
        if (status != exchange.Status)
        {
            // Another accepted status has another body, so the bodies are not compared.
            if (!comparison.IsOtherBuild || !OtherBuilds.AcceptsStatus(exchange, status)) comparison.Differences.Add($"{exchange.Status} recorded, {status} here: {answered}");
            if (comparison.IsOtherBuild) return;
        }

        if (contentType != exchange.ContentType && !(comparison.IsOtherBuild && answered.Length == 0)) comparison.Differences.Add($"{exchange.ContentType} recorded, {contentType} here");
        if (exchange.Body is JsonObject) comparison.Compare(exchange.Body, answered.StartsWith('{') ? JsonNode.Parse(answered) : JsonValue.Create(answered), "body");
        // The recording has an empty body as an empty text or as no body.
        else comparison.Compare(exchange.Body ?? JsonValue.Create(""), JsonValue.Create(answered), "body", exchange.Body is JsonValue raw && ((string)raw!).Length > 0 ? "certificate" : "");
    }

    [GeneratedRegex(@"^(\d+) s after login")]
    private static partial Regex AfterLogin();
}
