using AkkaVault.InitContainer;
using AkkaVault.InitContainer.Sidecar;
using AkkaVault.Shared;

namespace AkkaVault.Actors.Tests.InitContainer;

/// <summary>A sidecar's token that cannot live on, and the delivery that takes its place.</summary>
public class SidecarDeliveryTests
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_day = TimeSpan.FromHours(24);
    private static readonly TimeSpan s_due = TimeSpan.FromHours(16);

    [Fact]
    public void A_batch_token_waits_for_another_one_and_ends_the_sidecar_at_85_to_92_percent_if_none_comes()
    {
        foreach (var (jitter, percent) in new[] { (0.0, 85), (1.0, 92) })
        {
            var (state, effects) = SidecarRenewal.Begin(Batch(), TimeSpan.Zero, jitter);
            Assert.All(effects.OfType<SidecarRenewalEffect.Log>(), log => Assert.False(log.IsWarning));
            var wait = Assert.IsType<SidecarRenewalEffect.Wait>(effects[^1]).Delay;
            Assert.Equal((s_hour * percent / 100).TotalSeconds, wait.TotalSeconds, 0.001);
            Assert.Equal(ExitCodes.TokenEnding, Ends(state.Handle(new SidecarRenewalInput.TimerDue(), wait, 0)));
        }
    }

    [Fact]
    public void A_delivery_begins_anew_with_the_new_token_whatever_the_sidecar_waits_for()
    {
        var (waiting, _) = SidecarRenewal.Begin(WithMaxTtl(), TimeSpan.Zero, 1);
        var (renewing, _) = waiting.Handle(new SidecarRenewalInput.TimerDue(), s_hour / 2, 0);
        var (lookingUp, _) = renewing.Handle(new SidecarRenewalInput.RenewFailed(RenewFailure.Denied, "403"), s_hour / 2, 0);
        var (awaiting, _) = SidecarRenewal.Begin(Batch(), TimeSpan.Zero, 1);
        var (ended, _) = awaiting.Handle(new SidecarRenewalInput.TimerDue(), s_hour * 0.92, 1);
        foreach (var state in new[] { waiting, renewing, lookingUp, awaiting, ended })
        {
            var again = new TokenLease(s_hour * 2, s_hour * 0.6, new TokenLife(null, null), null);
            var (next, effects) = state.Handle(new SidecarRenewalInput.Delivered(again), s_hour * 0.6, 1);
            Assert.Equal(new SidecarRenewalEffect.Wait(s_hour), Assert.Single(effects));
            Assert.Equal((s_hour * 2, s_hour * 2.6, null), (next.FirstTtl, next.Expires, next.LatestDelivery));
            (_, effects) = next.Handle(new SidecarRenewalInput.TimerDue(), s_hour * 1.6, 0);
            Assert.Equal(new SidecarRenewalEffect.Renew(), Assert.Single(effects));
        }
    }

    [Fact]
    public void It_is_renewed_past_when_the_delivery_is_due_until_it_is_too_late_for_one()
    {
        var (state, effects) = SidecarRenewal.Begin(WithMaxTtl(), TimeSpan.Zero, 0);
        var now = TimeSpan.Zero;
        var renewals = 0;
        while (effects[^1] is not SidecarRenewalEffect.End)
        {
            if (effects[^1] is SidecarRenewalEffect.Wait wait)
            {
                now += wait.Delay;
                (state, effects) = state.Handle(new SidecarRenewalInput.TimerDue(), now, 0.5);
                continue;
            }

            Assert.IsType<SidecarRenewalEffect.Renew>(effects[^1]);
            renewals++;
            var left = s_day - now;
            (state, effects) = state.Handle(new SidecarRenewalInput.Renewed(left < s_hour ? left : s_hour, true, now), now, 0.5);
        }

        Assert.Equal(s_day * 0.85, now);
        Assert.True(state.Expires - now >= s_hour / 2, $"{state.Expires - now} are left");
        Assert.InRange(renewals, 40, 60);
    }

    [Fact]
    public void A_capped_renewal_is_no_reason_to_end_now_when_a_delivery_is_due()
    {
        var lease = new TokenLease(s_hour, TimeSpan.Zero, new TokenLife(s_hour * 1.2, null), s_hour * 0.75);
        var (state, _) = SidecarRenewal.Begin(lease, TimeSpan.Zero, 1);
        (state, _) = state.Handle(new SidecarRenewalInput.TimerDue(), s_hour / 2, 1);
        var (awaiting, effects) = state.Handle(new SidecarRenewalInput.Renewed(s_hour * 0.7, true, s_hour / 2), s_hour / 2, 1);
        Assert.Equal(new SidecarRenewalEffect.Write(s_hour * 0.7, true), effects[0]);
        Assert.False(Assert.IsType<SidecarRenewalEffect.Log>(effects[1]).IsWarning);
        // 92 percent of what it can live.
        Assert.Equal((s_hour * 1.2 * 0.92) - (s_hour / 2), Assert.IsType<SidecarRenewalEffect.Wait>(effects[2]).Delay);
        Assert.Equal(ExitCodes.TokenEnding, Ends(awaiting.Handle(new SidecarRenewalInput.TimerDue(), s_hour * 1.104, 1)));
    }

    [Fact]
    public void A_token_that_ends_long_before_its_delivery_is_due_is_replaced_by_a_restart()
    {
        var (state, _) = SidecarRenewal.Begin(WithMaxTtl(), TimeSpan.Zero, 1);
        (state, _) = state.Handle(new SidecarRenewalInput.TimerDue(), s_hour / 2, 1);
        // Somebody has lowered the AppRole's max TTL.
        var (ending, effects) = state.Handle(new SidecarRenewalInput.Renewed(s_hour / 2, true, s_hour / 2), s_hour / 2, 0);
        Assert.True(Assert.IsType<SidecarRenewalEffect.Log>(effects[1]).IsWarning);
        Assert.Equal(new SidecarRenewalEffect.Wait(s_hour * 0.3), effects[2]);
        Assert.Equal(ExitCodes.TokenEnding, Ends(ending.Handle(new SidecarRenewalInput.TimerDue(), s_hour * 0.8, 0)));
    }

    [Fact]
    public void While_Vault_fails_it_is_tried_again_until_it_is_too_late_for_a_delivery()
    {
        var lease = new TokenLease(s_hour, TimeSpan.Zero, new TokenLife(s_hour, null), s_hour * 0.65);
        var (state, effects) = SidecarRenewal.Begin(lease, TimeSpan.Zero, 0);
        var now = TimeSpan.Zero;
        while (effects[^1] is not SidecarRenewalEffect.End)
        {
            if (effects[^1] is SidecarRenewalEffect.Wait wait) (state, effects) = state.Handle(new SidecarRenewalInput.TimerDue(), now += wait.Delay, 0);
            else (state, effects) = state.Handle(new SidecarRenewalInput.RenewFailed(RenewFailure.Transient, "503"), now, 0);
        }

        Assert.Equal(s_hour * 0.85, now);
        Assert.Equal(ExitCodes.TokenEnding, Assert.IsType<SidecarRenewalEffect.End>(effects[^1]).ExitCode);
    }

    [Fact]
    public void A_lease_that_the_max_ttl_has_cut_ends_with_it()
    {
        var lease = new TokenLease(s_hour, TimeSpan.Zero, new TokenLife(s_hour - TimeSpan.FromSeconds(1), null), s_hour * 0.65);
        Assert.Equal(s_hour - TimeSpan.FromSeconds(1), SidecarRenewal.Begin(lease, TimeSpan.Zero, 0).State.Expires);
    }

    private static TokenLease Batch() => new(s_hour, TimeSpan.Zero, new TokenLife(s_hour, "it is a batch token"), s_hour * 0.65);

    private static TokenLease WithMaxTtl() => new(s_hour, TimeSpan.Zero, new TokenLife(s_day, null), s_due);

    private static int Ends(Transition<SidecarRenewal, SidecarRenewalEffect> transition) => Assert.IsType<SidecarRenewalEffect.End>(Assert.Single(transition.Effects)).ExitCode;
}
