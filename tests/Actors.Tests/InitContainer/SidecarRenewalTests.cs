using AkkaVault.InitContainer;
using AkkaVault.InitContainer.Sidecar;
using AkkaVault.Shared;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.InitContainer;

public class SidecarRenewalTests
{
    private static readonly TimeSpan s_ttl = TimeSpan.FromMinutes(10);

    [Fact]
    public void A_renewable_token_is_renewed_between_40_and_50_percent_of_its_ttl()
    {
        foreach (var (jitter, percent) in new[] { (0.0, 40), (1.0, 50) })
        {
            var (state, effects) = Begin(null, jitter);
            Assert.Equal(new SidecarRenewalEffect.Wait(s_ttl * percent / 100), Assert.Single(effects));
            (_, effects) = state.Handle(new SidecarRenewalInput.TimerDue(), s_ttl * percent / 100, 0);
            Assert.Equal(new SidecarRenewalEffect.Renew(), Assert.Single(effects));
        }
    }

    [Fact]
    public void After_a_renewal_the_file_is_written_with_the_new_lease_and_the_next_renewal_is_counted_from_when_Vault_was_asked()
    {
        var asked = s_ttl / 2;
        var (_, effects) = Renewing().Handle(new SidecarRenewalInput.Renewed(s_ttl, true, asked), asked + TimeSpan.FromSeconds(30), 0);
        Assert.Equal(2, effects.Count);
        Assert.Equal(new SidecarRenewalEffect.Write(s_ttl, true), effects[0]);
        Assert.Equal(new SidecarRenewalEffect.Wait(TimeSpan.FromSeconds(228)), effects[1]);
    }

    [Theory]
    [InlineData("it is a batch token")]
    [InlineData("each renewal would be one of its 3 uses")]
    public void A_token_that_cannot_be_renewed_is_replaced_at_60_to_67_percent_of_its_life(string reason)
    {
        Assert.Equal(new SidecarRenewalEffect.Wait(s_ttl * 0.6), Begin(reason, 0).Effects[1]);
        var (state, effects) = Begin(reason, 1);
        Assert.Contains(reason, Assert.IsType<SidecarRenewalEffect.Log>(effects[0]).Text, StringComparison.Ordinal);
        Assert.Equal((s_ttl * 2 / 3).TotalSeconds, Assert.IsType<SidecarRenewalEffect.Wait>(effects[1]).Delay.TotalSeconds, 0.001);
        (_, effects) = state.Handle(new SidecarRenewalInput.TimerDue(), s_ttl * 2 / 3, 0);
        Assert.Equal(ExitCodes.TokenEnding, Assert.IsType<SidecarRenewalEffect.End>(Assert.Single(effects)).ExitCode);
    }

    [Fact]
    public void A_renewal_that_gives_less_than_the_login_did_is_the_last_one()
    {
        var (_, effects) = Renewing().Handle(new SidecarRenewalInput.Renewed(TimeSpan.FromMinutes(3), true, s_ttl / 2), s_ttl / 2, 0);
        Assert.Equal(new SidecarRenewalEffect.Write(TimeSpan.FromMinutes(3), true), effects[0]);
        Assert.Contains("max TTL is near", Assert.IsType<SidecarRenewalEffect.Log>(effects[1]).Text, StringComparison.Ordinal);
        Assert.Equal(108, Assert.IsType<SidecarRenewalEffect.Wait>(effects[2]).Delay.TotalSeconds, 0.001);
    }

    [Fact]
    public void A_denied_renewal_of_a_token_that_lives_leads_to_another_token_and_of_one_that_is_gone_to_the_end()
    {
        var (asking, effects) = Renewing().Handle(new SidecarRenewalInput.RenewFailed(RenewFailure.Denied, "403: permission denied"), s_ttl / 2, 0);
        Assert.Equal(new SidecarRenewalEffect.LookUp(), Assert.Single(effects));
        (_, effects) = asking.Handle(new SidecarRenewalInput.LookedUp(true, ""), s_ttl / 2, 0);
        Assert.Contains("auth/token/renew-self", Assert.IsType<SidecarRenewalEffect.Log>(effects[0]).Text, StringComparison.Ordinal);
        Assert.Equal(180, Assert.IsType<SidecarRenewalEffect.Wait>(effects[1]).Delay.TotalSeconds, 0.001);
        (_, effects) = asking.Handle(new SidecarRenewalInput.LookedUp(false, "403: permission denied"), s_ttl / 2, 0);
        Assert.Equal(ExitCodes.TokenLost, Assert.IsType<SidecarRenewalEffect.End>(Assert.Single(effects)).ExitCode);
        (_, effects) = asking.Handle(new SidecarRenewalInput.LookedUp(null, "no answer"), s_ttl / 2, 0);
        Assert.IsType<SidecarRenewalEffect.Wait>(effects[^1]);
    }

    [Fact]
    public void A_retry_waits_for_a_minute_and_for_half_of_what_is_left_at_most_whatever_Vault_asks_for()
    {
        var throttled = new SidecarRenewalInput.RenewFailed(RenewFailure.Transient, "429", TimeSpan.FromHours(1));
        var (_, effects) = Renewing().Handle(throttled, s_ttl / 2, 0);
        Assert.Equal(new SidecarRenewalEffect.Wait(TimeSpan.FromMinutes(1)), effects[^1]);
        (_, effects) = Renewing().Handle(throttled, s_ttl - TimeSpan.FromMinutes(1), 0);
        Assert.Equal(new SidecarRenewalEffect.Wait(TimeSpan.FromSeconds(30)), effects[^1]);
    }

    [Fact]
    public void Where_the_CAs_of_the_push_do_not_verify_Vault_any_more_another_push_is_awaited_while_a_third_of_the_ttl_is_left()
    {
        var untrusted = new SidecarRenewalInput.RenewFailed(RenewFailure.Untrusted, "untrusted");
        var (state, effects) = Renewing().Handle(untrusted, s_ttl / 2, 0);
        Assert.Contains("trying again", Assert.IsType<SidecarRenewalEffect.Log>(effects[0]).Text, StringComparison.Ordinal);
        (state, _) = state.Handle(new SidecarRenewalInput.TimerDue(), s_ttl * 0.7, 0);
        (state, effects) = state.Handle(untrusted, s_ttl * 0.7, 1);
        Assert.Equal(120, Assert.IsType<SidecarRenewalEffect.Wait>(effects[^1]).Delay.TotalSeconds, 0.001);
        (_, effects) = state.Handle(new SidecarRenewalInput.TimerDue(), s_ttl * 0.9, 0);
        Assert.Equal(ExitCodes.TokenEnding, Assert.IsType<SidecarRenewalEffect.End>(Assert.Single(effects)).ExitCode);
    }

    [Fact]
    public void A_token_without_an_end_is_left_alone()
    {
        var (state, effects) = SidecarRenewal.Begin(new TokenLease(TimeSpan.Zero, TimeSpan.Zero, TokenLife.NoEndKnown, null), TimeSpan.Zero, 0);
        Assert.IsType<SidecarRenewalEffect.Log>(Assert.Single(effects));
        Assert.Empty(state.Handle(new SidecarRenewalInput.TimerDue(), TimeSpan.FromDays(9), 0).Effects);
    }

    /// <summary>
    /// Random worlds: Vault fails, throttles and answers late; tokens have a max TTL, are revoked, or cannot be renewed. The
    /// file holds a token that is good for a third of its TTL at any moment, unless Vault was away for a sixth of it.
    /// </summary>
    [Property(MaxTest = 500)]
    public Property Whoever_reads_the_file_finds_a_token_with_a_third_of_its_life_unless_Vault_was_away() =>
        Prop.ForAll(ArbMap.Default.ArbFor<DoNotSize<int>>(), seed => new World(seed.Item).Live());

    [Fact]
    public void A_token_is_given_up_when_what_Vault_told_of_its_life_has_passed_though_it_may_live_for_the_rest_of_a_second() => Assert.True(new World(88306970).Live());

    private static SidecarRenewal Renewing() => Begin(null, 1).State.Handle(new SidecarRenewalInput.TimerDue(), s_ttl / 2, 0).State;

    private static Transition<SidecarRenewal, SidecarRenewalEffect> Begin(string? whyNot, double jitter) =>
        SidecarRenewal.Begin(new TokenLease(s_ttl, TimeSpan.Zero, new TokenLife(null, whyNot), null), TimeSpan.Zero, jitter);

    private sealed class World
    {
        private readonly Random _random;
        private readonly TimeSpan _ttl;
        private readonly TimeSpan _maxTtl;
        private readonly TimeSpan? _revokedAt;
        private readonly bool _mayRenew;
        private readonly bool _mayLookUp;
        private readonly List<(TimeSpan From, TimeSpan To)> _outages = [];
        private TimeSpan _now;

        // What Vault knows.
        private TimeSpan _expires;

        // What it told: whole seconds, so a token may live up to one second longer.
        private TimeSpan _toldExpires;

        public World(int seed)
        {
            _random = new Random(seed);
            _ttl = TimeSpan.FromSeconds(_random.Next(2, 7200));
            _maxTtl = _random.Next(2) == 0 ? TimeSpan.MaxValue : _ttl * (1 + (_random.NextDouble() * 20));
            _revokedAt = _random.Next(4) == 0 ? _ttl * (_random.NextDouble() * 10) : null;
            _mayRenew = _random.Next(6) > 0;
            _mayLookUp = _random.Next(6) > 0;
            for (var i = _random.Next(4); i > 0; i--)
            {
                var from = _ttl * (_random.NextDouble() * 10);
                _outages.Add((from, from + (_ttl * (_random.NextDouble() * _random.Next(1, 3)))));
            }
        }

        private bool IsAlive => _now < _expires && !(_revokedAt <= _now);

        private bool IsAway => _outages.Exists(outage => outage.From <= _now && _now < outage.To);

        public bool Live()
        {
            _expires = _toldExpires = _ttl;
            var (state, effects) = SidecarRenewal.Begin(new TokenLease(_ttl, TimeSpan.Zero, TokenLife.NoEndKnown, null), TimeSpan.Zero, _random.NextDouble());
            for (var steps = 0; _now < _ttl * 12; steps++)
            {
                Assert.True(steps < 20_000, "it is busy for nothing");
                Assert.True(effects.Count(effect => effect is SidecarRenewalEffect.Wait or SidecarRenewalEffect.Renew or SidecarRenewalEffect.LookUp or SidecarRenewalEffect.End) == 1, "it waits for one thing");
                if (effects.OfType<SidecarRenewalEffect.End>().SingleOrDefault() is { } end)
                {
                    if (end.ExitCode == ExitCodes.TokenEnding) Assert.True(IsAlive || _revokedAt <= _now, $"ended late at {_now}, expires {_expires}");
                    else Assert.True(!IsAlive || _now >= _toldExpires || !(_mayRenew && _mayLookUp), $"given up alive at {_now}, expires {_toldExpires}: {end.Reason}");
                    Assert.Empty(state.Handle(new SidecarRenewalInput.TimerDue(), _now, 0).Effects);
                    return true;
                }

                var input = Next(effects.Single(effect => effect is not (SidecarRenewalEffect.Log or SidecarRenewalEffect.Write)));
                if (IsAlive && !WasAway()) Assert.True(_expires - _now >= (_ttl / 3) - TimeSpan.FromSeconds(1.1) || _maxTtl - _now < _ttl || !_mayRenew, $"{_expires - _now} left of {_ttl} at {_now}");
                (state, effects) = state.Handle(input, _now, _random.NextDouble());
            }

            return true;
        }

        private bool WasAway() => _outages.Exists(outage => outage.From <= _now && _now - outage.To < _ttl / 2);

        private SidecarRenewalInput Next(SidecarRenewalEffect effect)
        {
            if (effect is SidecarRenewalEffect.Wait wait)
            {
                _now += wait.Delay;
                return new SidecarRenewalInput.TimerDue();
            }

            var asked = _now;
            _now += TimeSpan.FromMilliseconds(_random.Next(200));
            if (effect is SidecarRenewalEffect.LookUp) return IsAway ? new SidecarRenewalInput.LookedUp(null, "503") : new SidecarRenewalInput.LookedUp(IsAlive && _mayLookUp, "403");
            if (IsAway) return new SidecarRenewalInput.RenewFailed(RenewFailure.Transient, "503: Vault is sealed", _random.Next(3) == 0 ? TimeSpan.FromSeconds(_random.Next(60)) : null);
            if (!IsAlive || !_mayRenew) return new SidecarRenewalInput.RenewFailed(RenewFailure.Denied, "403: permission denied");
            var lease = _ttl < _maxTtl - _now ? _ttl : _maxTtl - _now;
            _expires = asked + lease;
            var told = TimeSpan.FromSeconds(Math.Floor(lease.TotalSeconds));
            _toldExpires = asked + told;
            return new SidecarRenewalInput.Renewed(told, true, asked);
        }
    }
}
