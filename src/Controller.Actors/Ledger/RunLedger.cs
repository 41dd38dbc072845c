using System.Collections.Immutable;
using AkkaVault.Controller.Deliveries;

namespace AkkaVault.Controller.Ledger;

/// <summary>
/// Which runs are pending, delivered or cancelled, and how far the watch has come: an immutable state machine. What is stored of it
/// are its events; <see cref="Apply"/> makes the same ledger of them again.
/// </summary>
/// <param name="ResumeToken">Up to where in the watch everything was taken in; only the watch reads it. Empty before the first list.</param>
/// <param name="Pods">The runs with work of each pod, by pod uid; nearly always one. The others are in <see cref="Served"/>.</param>
internal sealed partial record RunLedger(string ResumeToken, ImmutableDictionary<string, ImmutableList<LedgerEntry>> Pods)
{
    /// <summary>A ledger without runs, of a watch that has not begun.</summary>
    public static readonly RunLedger Empty = new("", ImmutableDictionary<string, ImmutableList<LedgerEntry>>.Empty);

    /// <summary>The runs with work.</summary>
    public IEnumerable<LedgerEntry> Entries => Pods.Values.SelectMany(entries => entries);

    /// <summary>The entry of a run, or null.</summary>
    public LedgerEntry? Find(RunId run) => EntriesOf(run.Uid).Find(entry => entry.Target.Run == run) ?? Served.Find(RunKey.Of(run))?.ToEntry(run);

    /// <summary>The entries of a pod's runs with work.</summary>
    public ImmutableList<LedgerEntry> EntriesOf(string uid) => Pods.GetValueOrDefault(uid, []);

    /// <summary>The ledger after an event.</summary>
    public RunLedger Apply(ILedgerEvent happened)
    {
        var ledger = happened switch
        {
            Added e => With(new LedgerEntry(e.Target, RunStatus.Pending, e.SeenAt, Find(e.Target.Run)?.PendingRevocations ?? [], IsRedelivery: e.IsRedelivery)),
            Issued e => Update(e.Run, entry => entry with { PendingRevocations = e.PendingRevocations }),
            Delivered e => Update(e.Run, entry => entry with { Status = RunStatus.Delivered, PendingRevocations = e.PendingRevocations, NextDeliveryAt = e.NextDeliveryAt, IsRedelivery = false }),
            Cancelled e => Update(e.Run, entry => entry with { Status = RunStatus.Cancelled }),
            Removed e => Without(e.Run),
            Advanced => this,
            _ => throw new ArgumentOutOfRangeException(nameof(happened), happened.GetType().Name, "not a ledger event"),
        };
        return ledger with { ResumeToken = happened.ResumeToken, EventCount = EventCount + 1 };
    }

    /// <summary>The ledger with an entry put in, in place of the run's old one.</summary>
    public RunLedger With(LedgerEntry entry)
    {
        var run = entry.Target.Run;
        if (!entry.HasWork) return this with { Pods = PodsWithout(run), Served = Served.With(ServedRun.Of(entry)) };
        var entries = EntriesOf(run.Uid);
        var at = entries.FindIndex(other => other.Target.Run == run);
        return this with { Pods = Pods.SetItem(run.Uid, at < 0 ? entries.Add(entry) : entries.SetItem(at, entry)), Served = Served.Without(RunKey.Of(run)) };
    }

    private RunLedger Update(RunId run, Func<LedgerEntry, LedgerEntry> change) =>
        Find(run) is { } entry ? With(change(entry)) : this;

    private RunLedger Without(RunId run) => this with { Pods = PodsWithout(run), Served = Served.Without(RunKey.Of(run)) };

    private ImmutableDictionary<string, ImmutableList<LedgerEntry>> PodsWithout(RunId run)
    {
        var left = EntriesOf(run.Uid).RemoveAll(entry => entry.Target.Run == run);
        return left.IsEmpty ? Pods.Remove(run.Uid) : Pods.SetItem(run.Uid, left);
    }
}
