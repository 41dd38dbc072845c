using AkkaVault.Controller.Ledger.Storage.ConfigMap;

namespace AkkaVault.Actors.Tests.Ledger.Storage.ConfigMap;

public class LedgerClaimTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);
    private static readonly LedgerRecord Some = LedgerRecord.Empty.Append([new StoredEvent(1, 0, "w", "", new StoredPayload(1, "m", [1, 2]))]);
    private static readonly ObjectVersion Version = new("uid", "7");
    private static readonly LedgerOwnership.Owned Owned = new(Some, new LedgerStamp("me", 3, "w1"), Version, Now, 0);
    private static readonly ClaimAttempt Attempt = new("me", [], false);

    [Fact]
    public void A_missing_object_is_created_empty_or_with_the_old_contents_if_this_process_owned_it_when_it_was_deleted()
    {
        Assert.Equal(LedgerRecord.Empty, Claim<LedgerClaim.Create>(LedgerOwnership.None, null).Record);
        Assert.Equal(LedgerRecord.Empty, Claim<LedgerClaim.Create>(Owned, null).Record);
        foreach (var reason in Enum.GetValues<OwnershipLossReason>())
            Assert.Equal(reason == OwnershipLossReason.Deleted ? Some : LedgerRecord.Empty, Claim<LedgerClaim.Create>(LedgerWrite.Lose(Owned, reason, "", Now), null).Record);
    }

    [Fact]
    public void An_object_is_taken_over_with_the_next_claim_number()
    {
        var replace = Claim<LedgerClaim.Replace>(LedgerOwnership.None, Read("other", 5, "w9"));
        Assert.Equal((new LedgerStamp("me", 6, "new"), Version, null), (replace.Stamp, replace.Version, replace.Complaint));
        Assert.Equal(Some.Events.Single().Payload.Bytes, replace.Record.Events.Single().Payload.Bytes);
    }

    [Fact]
    public void A_process_that_lost_the_ledger_to_another_waits_before_it_claims_it_back_and_longer_each_time()
    {
        var once = LedgerWrite.Lose(Owned, OwnershipLossReason.Taken, "", Now);
        var again = LedgerWrite.Lose(Owned with { Disputes = once.Disputes }, OwnershipLossReason.Taken, "", Now.AddSeconds(20));
        Assert.Equal(LedgerClaim.DisputeDelay.First, Claim<LedgerClaim.Wait>(once, Read("other", 5, "w9")).Delay);
        Assert.Equal(LedgerClaim.DisputeDelay.First * 2, Claim<LedgerClaim.Wait>(again, Read("other", 5, "w9")).Delay);
        Assert.IsType<LedgerClaim.Replace>(LedgerClaim.Decide(once, Attempt with { HasWaited = true }, Read("other", 5, "w9"), "new", 1));
        // After a long ownership the count starts again.
        Assert.Equal(1, LedgerWrite.Lose(Owned with { Disputes = 4 }, OwnershipLossReason.Taken, "", Now.AddHours(1)).Disputes);
    }

    [Fact]
    public void A_process_that_lost_the_ledger_for_another_reason_does_not_wait()
    {
        Assert.IsType<LedgerClaim.Replace>(LedgerClaim.Decide(LedgerWrite.Lose(Owned, OwnershipLossReason.Changed, "", Now), Attempt, Read("me", 3, "w1"), "new", 1));
        Assert.IsType<LedgerClaim.Replace>(LedgerClaim.Decide(Owned, Attempt, Read("other", 5, "w9"), "new", 1));
    }

    [Fact]
    public void A_claim_whose_answer_was_lost_is_recognized() => Assert.Equal(
        4, Claim<LedgerClaim.Done>(Owned, Read("me", 4, "tried"), Attempt with { Tried = ["tried"] }).Stamp.ClaimNumber);

    [Fact]
    public void After_a_conflict_the_stored_object_shows_what_became_of_the_write()
    {
        T Judge<T>(ReadLedger? found) => Assert.IsType<T>(LedgerWrite.Judge(Owned, "w2", found, Now));
        var newer = new ObjectVersion("uid", "8");
        Assert.Equal(newer, Judge<LedgerWrite.Stored>(Read("me", 3, "w2") with { Version = newer }).Version);
        Assert.Equal(Version, Judge<LedgerWrite.Again>(Read("me", 3, "w1")).Version);
        Assert.Equal(newer, Judge<LedgerWrite.Again>(Read("me", 3, "w1") with { Version = newer }).Version);
        Assert.Equal(OwnershipLossReason.Deleted, Judge<LedgerWrite.Failed>(null).Ownership.Reason);
        Assert.Equal(OwnershipLossReason.Taken, Judge<LedgerWrite.Failed>(Read("other", 4, "w3") with { Version = newer }).Ownership.Reason);
        Assert.Equal(OwnershipLossReason.Changed, Judge<LedgerWrite.Failed>(Read("me", 2, "w0") with { Version = newer }).Ownership.Reason);
        Assert.Equal(OwnershipLossReason.Changed, Judge<LedgerWrite.Failed>(Read("me", 3, "w1") with { Version = new ObjectVersion("another", "9") }).Ownership.Reason);
        var nonsense = new ReadLedger(new LedgerContent(new Dictionary<string, string>(), new Dictionary<string, byte[]>()), newer);
        Assert.Equal(OwnershipLossReason.Changed, Judge<LedgerWrite.Failed>(nonsense).Ownership.Reason);
        Assert.Equal("it has no \"format\"", Claim<LedgerClaim.Replace>(Owned, nonsense).Complaint);
    }

    private static ReadLedger Read(string owner, long claimNumber, string write) => new(LedgerCodec.Encode(new LedgerStamp(owner, claimNumber, write), Some), Version);

    private static T Claim<T>(LedgerOwnership ownership, ReadLedger? found, ClaimAttempt? attempt = null) =>
        Assert.IsType<T>(LedgerClaim.Decide(ownership, attempt ?? Attempt, found, "new", 1));
}
