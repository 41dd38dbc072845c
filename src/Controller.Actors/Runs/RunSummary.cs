using System.Text.Json.Serialization;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;

namespace AkkaVault.Controller.Runs;

/// <summary>What became of a run.</summary>
internal enum RunOutcome
{
    /// <summary>It has its secret.</summary>
    Delivered,

    /// <summary>The run was over before it had its secret.</summary>
    [JsonStringEnumMemberName("Gone")]
    Cancelled,
}

/// <summary>One run as people see it. Holds neither a secret nor an accessor, and has a bounded size.</summary>
/// <param name="Run">The run.</param>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Pod">The pod's name.</param>
/// <param name="Role">Its AppRole.</param>
/// <param name="State">How far its delivery is.</param>
/// <param name="Attempts">How often this node has begun to serve it: once, and again after each pause. Zero if no pod actor has.</param>
/// <param name="LastError">The last problem, for people; null when there was none.</param>
/// <param name="SeenAt">When a watcher first saw the run, or when its redelivery was due.</param>
/// <param name="EndedAt">When it got its secret or was cancelled; null before.</param>
/// <param name="Outcome">Whether the run got its secret or was cancelled; null: neither has happened yet.</param>
/// <param name="LastErrorCode">The last problem, for programs (<see cref="ProblemCode"/>); null when there was none, or an earlier version has the run.</param>
/// <param name="IsRedelivery">Whether the run had a secret before, and asked for this delivery.</param>
/// <param name="NextDeliveryAt">When the run that has its secret wants another one; null: it wants none, or has none yet.</param>
/// <param name="IsStored">Whether <paramref name="NextDeliveryAt"/> is what the leader's ledger says.</param>
internal sealed record RunSummary(
    RunId Run, string Namespace, string Pod, string Role, DeliveryState State, int Attempts, string? LastError, DateTimeOffset SeenAt,
    DateTimeOffset? EndedAt, RunOutcome? Outcome, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? LastErrorCode = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool IsRedelivery = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? NextDeliveryAt = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool IsStored = false)
{
    private const int LongestText = 300;

    /// <summary>Whether a pod actor serves it, or has served it. If not, it is known from the ledger only.</summary>
    [JsonIgnore]
    public bool IsStarted => Attempts > 0;

    /// <summary>
    /// Several nodes may know the same delivery of a run; the highest precedence is right: the node that serves the run, then the one
    /// that has delivered it, then the ledger.
    /// </summary>
    [JsonIgnore]
    public int Precedence => this switch
    {
        { IsStarted: true, State: not DeliveryState.Ended } => 4,
        { IsStarted: true, Outcome: RunOutcome.Delivered } => 3,
        { State: DeliveryState.Pending } => 2,
        { IsStarted: true } => 1,
        _ => 0,
    };

    /// <summary>Several nodes may know the same run: the highest order is right, which is of its last delivery.</summary>
    [JsonIgnore]
    public (DateTimeOffset SeenAt, int Precedence) Order => (SeenAt, Precedence);

    /// <summary>What the ledger knows of a run.</summary>
    public static RunSummary Of(LedgerEntry entry)
    {
        var (state, outcome) = entry switch
        {
            { Status: RunStatus.Pending } => (DeliveryState.Pending, (RunOutcome?)null),
            { Status: RunStatus.Cancelled } => (DeliveryState.Cancelled, RunOutcome.Cancelled),
            { HasWork: true } => (DeliveryState.Delivered, RunOutcome.Delivered),
            _ => (DeliveryState.Ended, RunOutcome.Delivered),
        };
        return Of(entry.Target, entry.SeenAt, state) with
        {
            Outcome = outcome,
            IsRedelivery = entry.IsRedelivery,
            NextDeliveryAt = entry.NextDeliveryAt,
            IsStored = entry.Status == RunStatus.Delivered,
        };
    }

    /// <summary>A run that was not begun.</summary>
    public static RunSummary Of(DeliveryTarget target, DateTimeOffset seenAt, DeliveryState state) =>
        new(target.Run, target.Namespace, target.Name, Short(target.Role), state, 0, null, seenAt, null, null);

    /// <summary>The same with the last problem; null: there is none.</summary>
    public RunSummary WithProblem(DeliveryProblem? problem) => this with { LastError = problem is null ? null : Short(problem.Text), LastErrorCode = problem?.Code };

    /// <summary>What is known of one run, from what nodes say of it: of its last delivery, and of the next one from the ledger, which alone survives all nodes.</summary>
    /// <param name="same">What they say.</param>
    public static RunSummary Newest(IReadOnlyCollection<RunSummary> same)
    {
        var newest = same.MaxBy(run => run.Order)!;
        return same.FirstOrDefault(run => run.IsStored) is { } stored && newest.Outcome == RunOutcome.Delivered ? newest with { NextDeliveryAt = stored.NextDeliveryAt, IsStored = true } : newest;
    }

    private static string Short(string text) => text.Length <= LongestText ? text : $"{text[..LongestText]}…";
}
