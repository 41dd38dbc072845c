using AkkaVault.Controller.Vault.Renewal;
using AkkaVault.Shared.Vault;
using FsCheck;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Vault.Renewal;

/// <summary>The renewal of the controller's token in virtual time.</summary>
public class TokenRenewalTests
{
    public static TheoryData<string> Origins => new(Enum.GetNames<TokenOrigin>());

    [Theory, MemberData(nameof(Origins))]
    public void A_token_is_obtained_and_renewed_before_half_of_its_life_is_over_for_ever(string name)
    {
        var origin = Enum.Parse<TokenOrigin>(name);
        var world = new TokenWorld(1, origin);
        world.RunFor(TimeSpan.Zero);
        Assert.True(world.PublishedIsAlive);
        Assert.Equal("", world.Problem);
        var token = world.Published;
        world.RunFor(TimeSpan.FromDays(30));
        Assert.Equal(token, world.Published);
        Assert.InRange(world.Renewals, 30 * 8, 30 * 10);
        Assert.True(world.PublishedIsAlive);
        Assert.Empty(world.Violations);
    }

    [Theory, MemberData(nameof(Origins))]
    public void Readiness_turns_false_when_renewals_have_failed_for_half_the_TTL_and_turns_true_when_Vault_is_back(string name)
    {
        var origin = Enum.Parse<TokenOrigin>(name);
        var world = new TokenWorld(2, origin);
        world.RunFor(TimeSpan.Zero);
        world.Away = true;
        // The first renewal fails after 40 to 50 % of the period. Half a period later, readiness turns false.
        world.RunFor(TokenWorld.Period * 0.89);
        Assert.Equal("", world.Problem);
        world.RunFor(TokenWorld.Period * 0.108);
        Assert.Contains("could not be renewed since", world.Problem, StringComparison.Ordinal);
        Assert.True(world.PublishedIsAlive);
        world.Away = false;
        world.RunFor(TimeSpan.FromMinutes(1));
        Assert.Equal("", world.Problem);
        Assert.True(world.PublishedIsAlive);
        Assert.Empty(world.Violations);
    }

    [Theory, MemberData(nameof(Origins))]
    public void A_token_that_dies_while_Vault_is_away_is_withdrawn(string name)
    {
        var origin = Enum.Parse<TokenOrigin>(name);
        var world = new TokenWorld(3, origin);
        world.RunFor(TimeSpan.Zero);
        world.Away = true;
        world.RunFor(TokenWorld.Period * 1.01);
        Assert.Null(world.Published);
        Assert.Contains("expired", string.Join('\n', world.Logged), StringComparison.Ordinal);
        world.Away = false;
        if (origin == TokenOrigin.File) world.WriteFile();
        world.RunFor(TimeSpan.FromMinutes(1));
        // A given token cannot be replaced. A file or a login gives another one.
        Assert.Equal(origin != TokenOrigin.Given, world.PublishedIsAlive);
        Assert.Empty(world.Violations);
    }

    [Fact]
    public void A_login_token_is_replaced_when_renewals_give_less_and_less()
    {
        var world = new TokenWorld(6, TokenOrigin.Login) { MaxTtl = TokenWorld.Period };
        world.RunFor(TimeSpan.Zero);
        var seen = new HashSet<string>();
        for (var i = 0; i < 24 * 6; i++)
        {
            world.RunFor(TimeSpan.FromMinutes(10));
            Assert.True(world.PublishedIsAlive);
            seen.Add(world.Published!);
        }

        Assert.InRange(seen.Count, 4, 12);
        Assert.Equal("", world.Problem);
        Assert.Empty(world.Violations);
    }

    [Fact]
    public void A_login_token_that_cannot_be_renewed_is_replaced_at_less_than_half_of_its_life()
    {
        var world = new TokenWorld(7, TokenOrigin.Login) { LoginsAreRenewable = false };
        for (var i = 0; i < 24 * 6; i++)
        {
            world.RunFor(TimeSpan.FromMinutes(10));
            Assert.True(world.PublishedIsAlive);
        }

        Assert.Equal(0, world.Renewals);
        Assert.Empty(world.Violations);
    }

    [Fact]
    public void Where_renewals_alone_fail_the_controller_logs_in_again()
    {
        var world = new TokenWorld(11, TokenOrigin.Login);
        world.RunFor(TimeSpan.Zero);
        var first = world.Published;
        world.RenewalsFail = true;
        world.RunFor(TokenWorld.Period * 0.6);
        Assert.NotEqual(first, world.Published);
        Assert.True(world.PublishedIsAlive);
        Assert.Equal("", world.Problem);
        Assert.Empty(world.Violations);
    }

    [Fact]
    public void The_token_of_a_changed_file_is_used_and_a_file_without_a_good_token_changes_nothing()
    {
        var world = new TokenWorld(8, TokenOrigin.File);
        world.RunFor(TimeSpan.FromMinutes(10));
        var first = world.Published;
        world.WriteFile();
        world.RunFor(TimeSpan.Zero);
        Assert.NotEqual(first, world.Published);
        var second = world.Published;
        world.Role = world.Role with { Period = TimeSpan.Zero };
        world.WriteFile();
        world.RunFor(TimeSpan.FromMinutes(10));
        Assert.Equal(second, world.Published);
        Assert.Single(world.Logged, text => text.Contains("is not taken", StringComparison.Ordinal));
        Assert.Equal("", world.Problem);
        world.RunFor(TimeSpan.FromDays(1));
        // The file is checked again only after a change. The token in use is renewed as often as before.
        Assert.Single(world.Logged, text => text.Contains("is not taken", StringComparison.Ordinal));
        Assert.InRange(world.Renewals, 8, 10);
        Assert.True(world.PublishedIsAlive);
        Assert.Empty(world.Violations);
    }

    [Theory]
    [InlineData(nameof(TokenOrigin.Given))]
    [InlineData(nameof(TokenOrigin.File))]
    public void A_token_that_breaks_the_rules_at_the_start_ends_the_program(string name)
    {
        var origin = Enum.Parse<TokenOrigin>(name);
        var world = new TokenWorld(9, origin) { Role = new TokenRole("kubernetes-vault", false, TimeSpan.Zero, TimeSpan.FromHours(1)) };
        world.RunFor(TimeSpan.Zero);
        Assert.Equal(3, world.Refused.Count);
        Assert.Null(world.Published);
    }

    [Fact]
    public void A_given_token_that_Vault_does_not_know_ends_the_program_and_one_in_a_file_does_not()
    {
        var given = new TokenWorld(10, TokenOrigin.Given);
        given.RevokeAll();
        given.RunFor(TimeSpan.Zero);
        Assert.Contains("vault.token is not a token that Vault knows", Assert.Single(given.Refused), StringComparison.Ordinal);

        var file = new TokenWorld(10, TokenOrigin.File);
        file.RevokeAll();
        file.RunFor(TimeSpan.FromMinutes(1));
        Assert.Empty(file.Refused);
        Assert.Contains("vault.tokenFile", file.Problem, StringComparison.Ordinal);
        file.WriteFile();
        file.RunFor(TimeSpan.Zero);
        Assert.True(file.PublishedIsAlive);
    }

    [Fact]
    public void Logging_in_as_root_or_for_ever_ends_the_program()
    {
        foreach (var (policies, lease) in new (string[], TimeSpan)[] { (["root"], TimeSpan.FromHours(1)), (["default"], TimeSpan.Zero) })
        {
            var renewal = new TokenRenewal(TokenOrigin.Login).Handle(new TokenRenewalInput.Started(), default, 0).State;
            var transition = renewal.Handle(new TokenRenewalInput.LoggedIn(1, default, new VaultAuth("s.x", "a", lease, true, policies)), default, 0);
            Assert.Single(Assert.Single(transition.Effects.OfType<TokenRenewalEffect.Refuse>()).Problems);
        }
    }

    [Fact]
    public void An_answer_that_comes_when_the_token_has_expired_withdraws_it_and_starts_a_timer()
    {
        var world = new TokenWorld(12, TokenOrigin.Given);
        world.RunFor(TimeSpan.Zero);
        var asked = world.Now;
        var transition = world.Renewal.Handle(new TokenRenewalInput.Renewed(world.Renewal.Operation, asked, TimeSpan.FromSeconds(5), true), asked + TimeSpan.FromSeconds(9), 0);
        Assert.Contains(transition.Effects, effect => effect is TokenRenewalEffect.Withdraw);
        Assert.All(transition.Effects.OfType<TokenRenewalEffect.ScheduleTimer>(), wait => Assert.True(wait.Delay > TimeSpan.Zero));
        Assert.DoesNotContain(transition.Effects, effect => effect is TokenRenewalEffect.Publish);
    }

    [Fact]
    public void An_actor_that_was_restarted_does_not_end_the_program_because_the_token_has_died()
    {
        var renewal = new TokenRenewal(TokenOrigin.Given, wasInUse: true).Handle(new TokenRenewalInput.Started(), default, 0).State;
        renewal = renewal.Handle(new TokenRenewalInput.Obtained(1, new VaultTokenValue("hvs.x")), default, 0).State;
        var transition = renewal.Handle(new TokenRenewalInput.CheckFailed(2, new TokenProblem(VaultFailure.Permanent, true, "403")), default, 0);
        Assert.DoesNotContain(transition.Effects, effect => effect is TokenRenewalEffect.Refuse);
        Assert.Single(transition.Effects.OfType<TokenRenewalEffect.ScheduleTimer>());
    }

    [Fact]
    public void An_overdue_check_that_fires_too_early_is_scheduled_again()
    {
        var world = new TokenWorld(13, TokenOrigin.Given);
        world.RunFor(TimeSpan.Zero);
        world.Away = true;
        world.RunFor(TokenWorld.Period * 0.55);
        var since = world.Renewal.Readiness.FailingSince!.Value;
        var early = world.Renewal.Handle(new TokenRenewalInput.OverdueCheckDue(), since + (TokenWorld.Period / 2) - TimeSpan.FromMilliseconds(3), 0);
        Assert.Equal(TimeSpan.FromMilliseconds(100), Assert.IsType<TokenRenewalEffect.ScheduleOverdueCheck>(Assert.Single(early.Effects)).Delay);
        var due = early.State.Handle(new TokenRenewalInput.OverdueCheckDue(), since + (TokenWorld.Period / 2), 0);
        Assert.IsType<TokenRenewalEffect.SetProblem>(Assert.Single(due.Effects));
    }

    [Fact]
    public void A_fresh_login_token_that_may_not_look_itself_up_counts_as_alive()
    {
        var world = new TokenWorld(14, TokenOrigin.Login);
        world.RunFor(TimeSpan.Zero);
        var token = world.Renewal.InUse!.Token;
        var denied = new TokenRenewalInput.NotConfirmed(token, new TokenProblem(VaultFailure.Permanent, true, "403"));
        Assert.Contains(new TokenRenewalEffect.Answer(TokenState.Alive), world.Renewal.Handle(denied, world.Now + TimeSpan.FromSeconds(4), 0).Effects);
        Assert.Contains(new TokenRenewalEffect.Answer(TokenState.Lost), world.Renewal.Handle(denied, world.Now + TimeSpan.FromSeconds(6), 0).Effects);
    }

    [Fact]
    public void Retry_After_is_followed_up_to_a_minute()
    {
        foreach (var (asked, waited) in new[] { (TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(40)), (TimeSpan.FromDays(1), TimeSpan.FromMinutes(1)) })
        {
            var renewal = new TokenRenewal(TokenOrigin.Login).Handle(new TokenRenewalInput.Started(), default, 0).State;
            var transition = renewal.Handle(new TokenRenewalInput.ObtainFailed(1, new TokenProblem(VaultFailure.Throttled, false, "429", asked)), default, 0);
            Assert.Equal(waited, Assert.Single(transition.Effects.OfType<TokenRenewalEffect.ScheduleTimer>()).Delay);
        }
    }

    /// <summary>Random outages, revocations, file changes, confirmations and late answers.</summary>
    [Property(MaxTest = 60)]
    public void No_token_is_used_after_its_end_and_when_Vault_is_back_there_is_a_token_again(DoNotSize<int> seed, byte steps)
    {
        foreach (var origin in Enum.GetValues<TokenOrigin>())
        {
            var world = new TokenWorld(seed.Item, origin) { MaxTtl = origin == TokenOrigin.Login && seed.Item % 2 == 0 ? TimeSpan.FromHours(3) : TimeSpan.Zero };
            for (var i = 0; i < steps && world.Refused.Count == 0; i++)
            {
                world.Step();
                if (world.Renewal.InUse is { } token && token.Expires + TimeSpan.FromSeconds(16) < world.Now) Assert.Fail($"used {world.Now - token.Expires} after its end");
            }

            if (world.Refused.Count > 0) continue;
            world.Away = false;
            if (origin == TokenOrigin.File) world.WriteFile();
            world.RunFor(TimeSpan.FromMinutes(2));
            if (origin != TokenOrigin.Given)
            {
                Assert.Equal("", world.Problem);
                Assert.NotNull(world.Published);
            }

            Assert.Empty(world.Violations);
        }
    }
}
