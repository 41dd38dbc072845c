using AkkaVault.Controller.Vault.Renewal;

namespace AkkaVault.Actors.Tests.Vault.Renewal;

/// <summary>How the controller finds out that its token was revoked, in virtual time.</summary>
public class TokenConfirmationTests
{
    public static TheoryData<string> Origins => new(Enum.GetNames<TokenOrigin>());

    [Theory, MemberData(nameof(Origins))]
    public void A_confirmation_finds_out_that_a_token_was_revoked_and_another_is_obtained_where_there_can_be_one(string name)
    {
        var origin = Enum.Parse<TokenOrigin>(name);
        var world = new TokenWorld(4, origin);
        world.RunFor(TimeSpan.FromMinutes(5));
        world.RequestConfirmation();
        world.RunFor(TimeSpan.Zero);
        Assert.Equal([TokenState.Alive], world.Answers);
        world.RunFor(TimeSpan.FromMinutes(5));
        world.RevokeAll();
        world.RequestConfirmation();
        world.RunFor(TimeSpan.Zero);
        Assert.Equal(TokenState.Lost, world.Answers[^1]);
        Assert.Contains(world.Logged, text => text.Contains("it was revoked", StringComparison.Ordinal));
        if (origin == TokenOrigin.Login) Assert.True(world.PublishedIsAlive);
        else Assert.NotEqual("", world.Problem);
        if (origin == TokenOrigin.File) world.WriteFile();
        world.RunFor(TimeSpan.FromMinutes(1));
        Assert.Equal(origin != TokenOrigin.Given, world.PublishedIsAlive);
        Assert.Empty(world.Violations);
    }

    [Theory, MemberData(nameof(Origins))]
    public void A_controller_without_pods_finds_out_within_a_minute_that_its_token_was_revoked(string name)
    {
        var origin = Enum.Parse<TokenOrigin>(name);
        var world = new TokenWorld(7, origin);
        world.RunFor(TimeSpan.FromMinutes(5));
        world.RevokeAll();
        world.RunFor(TokenRenewal.ConfirmationInterval);
        Assert.Contains(world.Logged, text => text.Contains("it was revoked", StringComparison.Ordinal));
        if (origin == TokenOrigin.Login) Assert.True(world.PublishedIsAlive);
        else Assert.Contains("is not a token that Vault knows", world.Problem, StringComparison.Ordinal);
        Assert.Empty(world.Answers);
        Assert.Empty(world.Violations);
    }

    [Fact]
    public void A_login_token_that_may_not_look_itself_up_is_not_taken_for_revoked()
    {
        var world = new TokenWorld(8, TokenOrigin.Login) { LookUpsAreDenied = true };
        world.RunFor(TimeSpan.Zero);
        var token = world.Published;
        world.RunFor(TimeSpan.FromHours(1));
        Assert.Equal(token, world.Published);
        Assert.Equal("", world.Problem);
        Assert.Empty(world.Violations);
    }

    [Fact]
    public void Requests_for_confirmation_at_one_time_share_one_look_up_which_decides_nothing_while_Vault_is_away()
    {
        var world = new TokenWorld(5, TokenOrigin.Given);
        world.RunFor(TimeSpan.Zero);
        for (var i = 0; i < 10; i++) world.RequestConfirmation();
        world.RunFor(TimeSpan.Zero);
        Assert.Equal([TokenState.Alive], world.Answers);
        world.Away = true;
        world.RequestConfirmation();
        world.RunFor(TimeSpan.Zero);
        Assert.Equal(TokenState.Unknown, world.Answers[^1]);
        Assert.NotNull(world.Published);
    }
}
