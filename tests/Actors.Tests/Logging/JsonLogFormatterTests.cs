using System.Text.Json;
using AkkaVault.Controller.Logging;
using AkkaVault.Tests.TestKit;
using FsCheck.Xunit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AkkaVault.Actors.Tests.Logging;

public class JsonLogFormatterTests
{
    private readonly JsonLogFormatter _formatter = new(new TestClock(new DateTimeOffset(2026, 11, 24, 1, 2, 3, 45, TimeSpan.Zero)));

    [Fact]
    public void An_entry_has_its_properties_beside_time_level_event_category_and_message() => Assert.Equal(
        """{"timestamp":"2026-11-24T01:02:03.045Z","level":"info","eventId":1100,"event":"Delivered","category":"Pods","message":"delivered","namespace":"default","milliseconds":41,"at":"2026-11-24T00:00:00.000Z","nothing":null}""",
        Format(
            "delivered", null,
            ("Namespace", "default"), ("Milliseconds", 41L), ("At", new DateTimeOffset(2026, 11, 24, 0, 0, 0, TimeSpan.Zero)), ("Nothing", null), ("Message", "not ours"), ("{OriginalFormat}", "x")));

    [Fact]
    public void An_exception_is_in_it()
    {
        var line = Format("it failed", new InvalidOperationException("because"));
        Assert.Contains("because", JsonDocument.Parse(line).RootElement.GetProperty("exception").GetString(), StringComparison.Ordinal);
    }

    [Property(MaxTest = 500)]
    public void Whatever_is_logged_is_one_line_and_one_object(string key, string value, string message)
    {
        var line = Format(message ?? "", new InvalidOperationException(message), (key ?? "", value), (key ?? "", value));
        Assert.DoesNotContain('\n', line);
        using var json = JsonDocument.Parse(line);
        Assert.Equal(json.RootElement.EnumerateObject().Count(), json.RootElement.EnumerateObject().DistinctBy(property => property.Name).Count());
    }

    private string Format(string message, Exception? exception, params (string Key, object? Value)[] properties)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        var state = properties.Select(property => KeyValuePair.Create(property.Key, property.Value)).ToList();
        _formatter.Write(
            new LogEntry<IReadOnlyList<KeyValuePair<string, object?>>>(LogLevel.Information, "Pods", new EventId(1100, "Delivered"), state, exception, (_, _) => message), null, writer);
        var text = writer.ToString();
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        return text[..^1];
    }
}
