using AkkaVault.InitContainer.Secrets;
using AkkaVault.Shared;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.InitContainer;

public class SecretRenewalTests
{
    private static readonly TimeSpan s_ttl = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(5);
    private static readonly SecretRenewalInput s_due = new SecretRenewalInput.TimerDue();

    [Theory]
    [InlineData(0.0, 240)]
    [InlineData(1.0, 300)]
    public void A_lease_is_renewed_between_40_and_50_percent_of_its_ttl(double jitter, int seconds)
    {
        var (state, effects) = Begin(Leased(), jitter);
        Assert.Equal(Wait(seconds), Assert.Single(effects));
        Assert.Equal(new SecretRenewalEffect.Renew("l"), Assert.Single(state.Handle(s_due, TimeSpan.FromSeconds(seconds), 0).Effects));
    }

    [Theory]
    [InlineData(0.0, 360)]
    [InlineData(1.0, 400)]
    public void What_ends_and_cannot_be_renewed_is_read_again_between_60_and_67_percent(double jitter, int seconds)
    {
        foreach (var lease in new[] { Leased() with { Renewable = false }, Leased() with { LeaseId = "" } })
        {
            var (state, effects) = Begin(lease, jitter);
            Assert.Equal(seconds, Delay(Assert.Single(effects)), 0.001);
            Assert.Equal(new SecretRenewalEffect.Read(), Assert.Single(state.Handle(s_due, s_ttl, 0).Effects));
        }
    }

    [Fact]
    public void What_has_no_end_is_read_again_after_the_interval_and_written()
    {
        var (state, effects) = Begin(Endless(), 1);
        Assert.Equal(Wait(300), Assert.Single(effects));
        (state, effects) = state.Handle(s_due, s_interval, 1);
        Assert.Equal(new SecretRenewalEffect.Read(), Assert.Single(effects));
        (_, effects) = state.Handle(new SecretRenewalInput.Read(Endless()), s_interval, 0);
        Assert.Equal([new SecretRenewalEffect.Write(), Wait(270)], effects);
    }

    [Fact]
    public void A_lease_that_is_renewed_for_its_whole_ttl_is_renewed_again_and_otherwise_replaced()
    {
        var asked = s_ttl / 2;
        Assert.Equal(Wait(228), Assert.Single(Renewing().Handle(new SecretRenewalInput.Renewed(s_ttl, true, asked), asked + TimeSpan.FromSeconds(30), 0).Effects));
        foreach (var renewed in new[] { new SecretRenewalInput.Renewed(TimeSpan.FromMinutes(5), true, asked), new SecretRenewalInput.Renewed(TimeSpan.FromMinutes(5), false, asked) })
        {
            var (state, effects) = Renewing().Handle(renewed, asked, 0);
            Assert.Equal(180, Delay(Assert.Single(effects)), 0.001);
            Assert.Equal(new SecretRenewalEffect.Read(), Assert.Single(state.Handle(s_due, asked * 2, 0).Effects));
        }
    }

    [Fact]
    public void A_lease_that_Vault_does_not_know_is_replaced_at_once_and_one_that_it_refuses_to_renew_in_time()
    {
        Assert.Equal(new SecretRenewalEffect.Read(), Renewing().Handle(new SecretRenewalInput.RenewFailed(LeaseFailure.Gone, "lease not found"), s_ttl / 2, 0).Effects[1]);
        var (state, effects) = Renewing().Handle(new SecretRenewalInput.RenewFailed(LeaseFailure.Refused, "403"), s_ttl / 2, 0);
        Assert.Equal(180, Delay(effects[1]), 0.001);
        Assert.Equal(new SecretRenewalEffect.Read(), Assert.Single(state.Handle(s_due, s_ttl * 0.8, 0).Effects));
    }

    [Fact]
    public void A_failure_that_passes_is_tried_again_with_backoff_and_not_past_the_middle_of_what_is_left()
    {
        var throttled = new SecretRenewalInput.RenewFailed(LeaseFailure.Transient, "429", TimeSpan.FromHours(1));
        Assert.Equal(Wait(60), Renewing().Handle(throttled, s_ttl / 2, 0).Effects[^1]);
        Assert.Equal(Wait(30), Renewing().Handle(throttled, s_ttl - TimeSpan.FromMinutes(1), 0).Effects[^1]);
        var state = Renewing().Handle(throttled, s_ttl - TimeSpan.FromMinutes(1), 0).State;
        Assert.Equal(new SecretRenewalEffect.Read(), state.Handle(s_due, s_ttl, 0).Effects[^1]);
    }

    [Fact]
    public void A_path_that_is_refused_is_tried_slowly_and_told_at_the_first_second_fourth_and_eighth_time_or_with_another_reason()
    {
        var (state, _) = Begin(Endless(), 0).State.Handle(s_due, s_interval, 0);
        var told = new List<int>();
        var now = s_interval;
        for (var i = 1; i <= 9; i++)
        {
            (state, var effects) = state.Handle(new SecretRenewalInput.ReadFailed(false, "403"), now, 1);
            if (effects.Any(effect => effect is SecretRenewalEffect.Log { IsWarning: true })) told.Add(i);
            Assert.Equal(Math.Min(300, 15 * Math.Pow(2, i - 1)), Delay(effects[^1]), 0.001);
            (state, _) = state.Handle(s_due, now, 0);
        }

        Assert.Equal([1, 2, 4, 8], told);
        (state, var others) = state.Handle(new SecretRenewalInput.ReadFailed(false, "404"), now, 1);
        Assert.IsType<SecretRenewalEffect.Log>(others[0]);
        (state, _) = state.Handle(s_due, now, 0);
        (_, others) = state.Handle(new SecretRenewalInput.Read(Endless()), now, 0);
        Assert.Equal([new SecretRenewalEffect.Log(false, "it is read again"), new SecretRenewalEffect.Write(), Wait(270)], others);
    }

    [Fact]
    public void With_another_token_what_has_a_lease_is_read_again_and_nothing_else()
    {
        var replaced = new SecretRenewalInput.TokenReplaced();
        Assert.Equal(new SecretRenewalEffect.Read(), Assert.Single(Begin(Leased(), 0).State.Handle(replaced, s_ttl / 4, 0).Effects));
        Assert.Empty(Begin(Endless(), 0).State.Handle(replaced, s_ttl / 4, 0).Effects);
        Assert.Empty(Begin(Leased() with { LeaseId = "" }, 0).State.Handle(replaced, s_ttl / 4, 0).Effects);

        // What is under way is of the token before.
        foreach (var answer in new SecretRenewalInput[] { new SecretRenewalInput.Renewed(s_ttl, true, s_ttl / 2), new SecretRenewalInput.RenewFailed(LeaseFailure.Refused, "403") })
        {
            var (state, none) = Renewing().Handle(replaced, s_ttl / 2, 0);
            Assert.Empty(none);
            Assert.Equal(new SecretRenewalEffect.Read(), Assert.Single(state.Handle(answer, s_ttl / 2, 0).Effects));
        }

        foreach (var answer in new SecretRenewalInput[] { new SecretRenewalInput.Read(Leased()), new SecretRenewalInput.ReadFailed(false, "403") })
        {
            var (reading, _) = Begin(Leased() with { Renewable = false }, 0).State.Handle(s_due, s_ttl / 2, 0);
            (reading, var none) = reading.Handle(replaced, s_ttl / 2, 0);
            Assert.Empty(none);
            (reading, var effects) = reading.Handle(answer, s_ttl / 2, 0);
            Assert.Equal(new SecretRenewalEffect.Read(), Assert.Single(effects));
            Assert.Contains(new SecretRenewalEffect.Write(), reading.Handle(new SecretRenewalInput.Read(Leased()), s_ttl / 2, 0).Effects);
        }
    }

    /// <summary>
    /// Random worlds: Vault fails, refuses renewals and loses answers; leases have a max TTL, or cannot be
    /// renewed; tokens are replaced, and end later. The files hold a secret with a tenth of its TTL at any moment, unless Vault was
    /// away for a twelfth of it.
    /// </summary>
    [Property(MaxTest = 500)]
    public Property Whoever_reads_the_files_finds_a_secret_with_life_left_unless_Vault_was_away() =>
        Prop.ForAll(ArbMap.Default.ArbFor<DoNotSize<int>>(), seed => new SecretRenewalWorld(seed.Item).Live());

    /// <summary>However Vault answers, there is one thing under way, and it never asks more often than five times a second.</summary>
    [Property(MaxTest = 500)]
    public Property There_is_always_one_thing_under_way() => Prop.ForAll(ArbMap.Default.ArbFor<DoNotSize<int>>(), seed =>
    {
        var random = new Random(seed.Item);
        var now = TimeSpan.Zero;
        var (state, effects) = Begin(Any(random, now), random.NextDouble());
        for (var i = 0; i < 200; i++)
        {
            var under = Assert.Single(effects, effect => effect is SecretRenewalEffect.Wait or SecretRenewalEffect.Read or SecretRenewalEffect.Renew);
            Assert.Equal(under, effects[^1]);
            if (under is SecretRenewalEffect.Wait wait)
            {
                Assert.True(wait.Delay >= TimeSpan.FromMilliseconds(200));
                now += wait.Delay;
            }

            now += TimeSpan.FromSeconds(random.NextDouble());
            SecretRenewalInput input = under switch
            {
                SecretRenewalEffect.Wait => s_due,
                SecretRenewalEffect.Read when random.Next(2) == 0 => new SecretRenewalInput.Read(Any(random, now)),
                SecretRenewalEffect.Read => new SecretRenewalInput.ReadFailed(random.Next(2) == 0, $"{random.Next(3)}"),
                _ when random.Next(2) == 0 => new SecretRenewalInput.Renewed(TimeSpan.FromSeconds(random.Next(0, 3000)), random.Next(2) == 0, now),
                _ => new SecretRenewalInput.RenewFailed((LeaseFailure)random.Next(3), "no"),
            };
            if (random.Next(5) == 0)
            {
                var replaced = state.Handle(new SecretRenewalInput.TokenReplaced(), now, random.NextDouble());
                state = replaced.State;
                if (replaced.Effects.Count > 0)
                {
                    effects = replaced.Effects;
                    continue;
                }
            }

            (state, effects) = state.Handle(input, now, random.NextDouble());
        }
    });

    private static SecretLease Any(Random random, TimeSpan now) => new(random.Next(2) == 0 ? "l" : "", TimeSpan.FromSeconds(random.Next(-1, 3000)), random.Next(2) == 0, now);

    private static SecretLease Leased() => new("l", s_ttl, true, TimeSpan.Zero);

    private static SecretLease Endless() => new("", TimeSpan.Zero, false, TimeSpan.Zero);

    private static SecretRenewal Renewing() => Begin(Leased(), 1).State.Handle(s_due, s_ttl / 2, 0).State;

    private static Transition<SecretRenewal, SecretRenewalEffect> Begin(SecretLease lease, double jitter) => SecretRenewal.Begin(lease, s_interval, TimeSpan.Zero, jitter);

    private static SecretRenewalEffect.Wait Wait(double seconds) => new(TimeSpan.FromSeconds(seconds));

    private static double Delay(SecretRenewalEffect effect) => Assert.IsType<SecretRenewalEffect.Wait>(effect).Delay.TotalSeconds;
}
