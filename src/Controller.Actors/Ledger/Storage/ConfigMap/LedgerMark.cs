namespace AkkaVault.Controller.Ledger.Storage.ConfigMap;

/// <summary>Who owns the ledger, for a process that is in no cluster yet.</summary>
/// <param name="Version">The version that was read; null: there is no ledger.</param>
/// <param name="Node">The owner as a member of its cluster; empty: it does not say.</param>
/// <param name="Write">Its last write; empty: what is there is no ledger.</param>
/// <param name="ClaimNumber">How often it was claimed.</param>
/// <param name="Record">What is stored.</param>
internal sealed record LedgerMark(ObjectVersion? Version, string Node, string Write, long ClaimNumber, LedgerRecord Record)
{
    /// <summary>There is no ledger.</summary>
    public static readonly LedgerMark None = new(null, "", "", 0, LedgerRecord.Empty);

    /// <summary>What was read.</summary>
    public static LedgerMark Of(ReadLedger? found)
    {
        if (found is null) return None;
        try
        {
            var (stamp, record) = LedgerCodec.Decode(found.Content);
            return new LedgerMark(found.Version, stamp.Node, stamp.Write, stamp.ClaimNumber, record);
        }
        catch (InvalidDataException)
        {
            // The ledger is rebuilt in any case.
            return None with { Version = found.Version };
        }
    }
}

/// <summary>The ledger as it was read repeatedly. Times are of a monotonic clock.</summary>
/// <param name="Mark">The mark, which was the same each time.</param>
/// <param name="Since">When the first of these answers came.</param>
/// <param name="Answered">When the last one came.</param>
/// <param name="Unchanged">How long it is known not to have changed.</param>
internal sealed record LedgerMarkObservation(LedgerMark Mark, TimeSpan Since, TimeSpan Answered, TimeSpan Unchanged)
{
    /// <summary>The ledger was read.</summary>
    /// <param name="before">What was known before; null: nothing.</param>
    /// <param name="mark">Whose it is.</param>
    /// <param name="asked">When it was asked for: it was so no earlier.</param>
    /// <param name="answered">When the answer came: it was so no later.</param>
    /// <param name="freshness">After a longer time without an answer the observation starts anew: perhaps nobody could write in that time.</param>
    public static LedgerMarkObservation Observe(LedgerMarkObservation? before, LedgerMark mark, TimeSpan asked, TimeSpan answered, TimeSpan freshness) =>
        before is not null && before.Mark.Version == mark.Version && asked - before.Answered <= freshness
            ? before with { Mark = mark, Answered = answered, Unchanged = asked - before.Since }
            : new LedgerMarkObservation(mark, answered, answered, TimeSpan.Zero);
}

/// <summary>The ledger as the mark of the one cluster: a process claims it before it forms a cluster, which fences the previous owner.</summary>
/// <param name="ledger">The object that stores it.</param>
/// <param name="owner">This process.</param>
/// <param name="node">This process as a member of a cluster, once it is known.</param>
internal sealed class LedgerMarkStore(ILedgerObject ledger, string owner, Func<string> node)
{
    /// <summary>What it is, for people.</summary>
    public string Name => ledger.Name;

    /// <summary>Whose it is.</summary>
    /// <exception cref="LedgerObjectException">It could not be read.</exception>
    public async Task<LedgerMark> ReadAsync(CancellationToken cancellation) => LedgerMark.Of(await ledger.ReadAsync(cancellation).ConfigureAwait(false));

    /// <summary>Claims it as it was read, with what is stored.</summary>
    /// <param name="mark">What was read.</param>
    /// <param name="write">Names the claim.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>False: somebody else has written it since.</returns>
    /// <exception cref="LedgerObjectException">It is not known whether it was claimed.</exception>
    public async Task<bool> ClaimAsync(LedgerMark mark, string write, CancellationToken cancellation)
    {
        var content = LedgerCodec.Encode(new LedgerStamp(owner, mark.ClaimNumber + 1, write, node()), mark.Record);
        try
        {
            if (mark.Version is { } version) await ledger.ReplaceAsync(content, version, cancellation).ConfigureAwait(false);
            else await ledger.CreateAsync(content, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (LedgerObjectException e) when (e.Failure is LedgerObjectFailure.Conflict or LedgerObjectFailure.Missing)
        {
            return false;
        }
    }
}
