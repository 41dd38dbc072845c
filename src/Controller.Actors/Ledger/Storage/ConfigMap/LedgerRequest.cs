namespace AkkaVault.Controller.Ledger.Storage.ConfigMap;

/// <summary>A request to a <see cref="LedgerWriter"/>. The answer is what is stored then.</summary>
internal abstract class LedgerRequest
{
    public TaskCompletionSource<LedgerRecord> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public sealed class Claim : LedgerRequest;

    public sealed class ClaimOnce : LedgerRequest;

    public sealed class Change(Func<LedgerRecord, LedgerRecord> apply) : LedgerRequest
    {
        public Func<LedgerRecord, LedgerRecord> Apply { get; } = apply;
    }
}
