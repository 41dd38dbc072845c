using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace AkkaVault.Controller.Logging;

/// <summary>
/// Which of Akka's warnings and errors are of use to an operator. When a controller ends, the others log several of them, which say less than
/// our own lines and "Marking node(s) as UNREACHABLE". A failing connection, or a shard region without an answer, is logged only after it has
/// lasted for a time, and again every few minutes.
/// </summary>
/// <param name="Failing">Failing connections by address, and unanswered questions by Akka's text.</param>
internal sealed partial record AkkaLogFilter(ImmutableDictionary<string, Failure> Failing)
{
    /// <summary>How long something must have failed before it is logged.</summary>
    public static readonly TimeSpan ReportAfter = TimeSpan.FromSeconds(10);

    /// <summary>How often it is logged again.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    /// <summary>After how long without a failure it is over.</summary>
    public static readonly TimeSpan ForgetAfter = TimeSpan.FromMinutes(1);

    /// <summary>The same for unanswered questions, which Akka repeats ten times a second.</summary>
    public static readonly TimeSpan Answered = TimeSpan.FromSeconds(3);

    // Consequences of a controller's end, or of a failing connection, which the connection attempt itself logs.
    private static readonly string[] s_consequences =
    [
        "Disassociated", "address is now gated for", "Address is now gated for", "is irrecoverably failed. UID is now quarantined", "Ignoring received gossip",
        // Shard locations are asked for again, and runs are assigned again.
        "during hand off to avoid re-ordering",
        // From Akka.Management: a controller that does not answer, or a lookup that our own line reports.
        "/bootstrap/seed-nodes] failed due to", "Overdue of probing-failure-timeout", "Resolve attempt failed!",
    ];

    /// <summary>Nothing has been seen yet.</summary>
    public static readonly AkkaLogFilter None = new(ImmutableDictionary<string, Failure>.Empty.WithComparers(StringComparer.Ordinal));

    /// <summary>An entry of level warning or error.</summary>
    /// <param name="text">Akka's text.</param>
    /// <param name="now">This node's clock.</param>
    /// <returns>What is remembered from now on, and whether the entry is to be logged.</returns>
    public (AkkaLogFilter Noise, bool IsNews) Handle(string text, DateTimeOffset now)
    {
        if (Association().Match(text) is { Success: true } association) return HandleFailure(association.Groups["peer"].Value, ForgetAfter, now);
        if (AskedInVain().Match(text) is { Success: true } question) return HandleFailure(question.Value, Answered, now);
        return (this, !Array.Exists(s_consequences, words => text.Contains(words, StringComparison.Ordinal)));
    }

    private (AkkaLogFilter Noise, bool IsNews) HandleFailure(string what, TimeSpan forgotten, DateTimeOffset now)
    {
        var still = Failing.RemoveRange(Failing.Where(other => now - other.Value.Last > ForgetAfter).Select(other => other.Key));
        var known = still.GetValueOrDefault(what);
        var failure = known is null || now - known.Last > forgotten ? new Failure(now, now, known?.Said) : known;
        var isNews = now - failure.First >= ReportAfter && (failure.Said is not { } said || now - said >= Interval);
        return (new AkkaLogFilter(still.SetItem(what, failure with { Last = now, Said = isNews ? now : failure.Said })), isNews);
    }

    [GeneratedRegex(@"AssociationError \[[^\]]*\] -> (?<peer>\S+): Error ")]
    private static partial Regex Association();

    // With every retry, for as long as there is no coordinator, or it stores something.
    [GeneratedRegex("Requested shard homes|Trying to register to coordinator")]
    private static partial Regex AskedInVain();
}

/// <summary>Something that fails.</summary>
/// <param name="First">Since when.</param>
/// <param name="Last">When it last failed.</param>
/// <param name="Said">When it was last logged; null: not yet.</param>
internal sealed record Failure(DateTimeOffset First, DateTimeOffset Last, DateTimeOffset? Said);
