using AkkaVault.Controller.Cluster.Leases;

namespace AkkaVault.Actors.Tests.Cluster.Leases;

/// <summary>The rules of a lease in every possible situation.</summary>
public class LeaseRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);
    private static readonly LeaseClaimant Me = new("me", TimeSpan.FromSeconds(30));

    /// <summary>The situations: no Lease, no holder, this holder or another one; renewed just now, at the limit, or long ago.</summary>
    public static IEnumerable<object?[]> All() =>
        ((string?[])[null, "me", "other"]).SelectMany(holder => ((int[])[0, 29, 30, 31, 5000]).Select(ago => new object?[] { true, holder, ago })).Append([false, null, 0]);

    private static LeaseRecord? Found(bool exists, string? holder, int ago) =>
        exists ? new LeaseRecord(holder, TimeSpan.FromSeconds(30), Now.AddHours(-1), Now.AddSeconds(-ago), 7) : null;

    [Theory]
    [MemberData(nameof(All))]
    public void It_is_taken_unless_another_holds_it_and_has_renewed_it_in_time(bool exists, string? holder, int ago)
    {
        var step = LeaseRules.Acquire(Found(exists, holder, ago), Me, Now);
        if (holder == "other" && ago < 30)
        {
            Assert.Equal(new LeaseStep.Refused("other"), step);
            return;
        }

        var (acquired, transitions) = (exists, holder) switch { (false, _) => (Now, 0), (_, "me") => (Now.AddHours(-1), 7), _ => (Now, 8) };
        Assert.Equal(new LeaseStep.Write(new LeaseRecord("me", Me.Duration, acquired, Now, transitions)), step);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void It_is_renewed_as_long_as_it_is_mine_and_lost_otherwise(bool exists, string? holder, int ago) =>
        Assert.Equal(
            holder == "me" ? new LeaseStep.Write(Found(exists, holder, ago)! with { Renewed = Now }) : new LeaseStep.Lost(),
            LeaseRules.Renew(Found(exists, holder, ago), Me, Now));

    [Theory]
    [MemberData(nameof(All))]
    public void It_is_given_back_only_by_who_holds_it(bool exists, string? holder, int ago) =>
        Assert.Equal(
            holder == "me" ? new LeaseStep.Write(Found(exists, holder, ago)! with { Holder = null, Renewed = Now }) : new LeaseStep.Done(),
            LeaseRules.Release(Found(exists, holder, ago), Me, Now));

    [Theory]
    [MemberData(nameof(All))]
    public void What_one_has_taken_another_is_refused_and_what_one_has_given_back_another_takes(bool exists, string? holder, int ago)
    {
        if (LeaseRules.Acquire(Found(exists, holder, ago), Me, Now) is not LeaseStep.Write taken) return;
        var other = new LeaseClaimant("third", Me.Duration);
        Assert.Equal(new LeaseStep.Refused("me"), LeaseRules.Acquire(taken.Record, other, Now.AddSeconds(29)));
        Assert.IsType<LeaseStep.Write>(LeaseRules.Acquire(taken.Record, other, Now.AddSeconds(30)));
        var released = Assert.IsType<LeaseStep.Write>(LeaseRules.Release(taken.Record, Me, Now));
        Assert.IsType<LeaseStep.Write>(LeaseRules.Acquire(released.Record, other, Now));
    }
}
