using System.Reflection;
using System.Text.RegularExpressions;
using AkkaVault.Controller;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Actors.Tests.Logging;

/// <summary>The log events in the code are those in docs/logs.md.</summary>
public partial class LogEventTests
{
    private static readonly IReadOnlyList<(int Id, string Name, LogLevel Level)> s_events =
    [
        .. from type in typeof(ControllerHost).Assembly.GetTypes()
           from method in type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
           let message = method.GetCustomAttribute<LoggerMessageAttribute>()
           where message is not null
           orderby message.EventId
           select (message.EventId, message.EventName ?? method.Name, message.Level),
    ];

    [Fact]
    public void Each_has_an_id_and_a_name_of_its_own()
    {
        Assert.True(s_events.Count > 40);
        Assert.Equal(s_events.Count, s_events.DistinctBy(e => e.Id).Count());
        Assert.Equal(s_events.Count, s_events.DistinctBy(e => e.Name).Count());
    }

    [Fact]
    public void The_documentation_lists_them_all_and_no_other()
    {
        var documented = from Match row in Row().Matches(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "logs.md")))
                         select $"{row.Groups[1].Value} {row.Groups[2].Value} {row.Groups[3].Value}";
        Assert.Equal(s_events.Select(e => $"{e.Id} {e.Name} {NameOf(e.Level)}"), documented);
    }

    private static string NameOf(LogLevel level) => level == LogLevel.Information ? "info" : level.ToString().ToLowerInvariant();

    [GeneratedRegex(@"^\| (\d+) \| `(\w+)` \| (\w+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
