using AkkaVault.Sandbox.Vault;

namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>Secret_ids and tokens that are bound to addresses, used from several loopback addresses.</summary>
public sealed class CidrTests
{
    [Theory]
    [InlineData("127.0.0.2", true)]
    [InlineData("127.0.0.3", false)]
    public async Task A_secret_id_and_its_token_work_from_where_they_are_bound_to_only(string from, bool works)
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        using var http = fixture.From(from);
        var secret = await SecretIdAsync(fixture, new { cidr_list = new[] { "127.0.0.2/32" }, token_bound_cidrs = new[] { "127.0.0.2/32" } });
        var (status, body, _) = await fixture.SendAsync("PUT", "auth/approle/login", null, new { role_id = fixture.RoleId, secret_id = secret }, http);
        Assert.Equal(works ? 200 : 400, (int)status);
        if (!works)
        {
            Assert.Equal($"source address \"{from}\" unauthorized by CIDR restrictions on the secret ID: %!w(<nil>)", (string)body!["errors"]![0]!);
            return;
        }

        var token = (string)body!["auth"]!["client_token"]!;
        Assert.Equal(200, (int)(await fixture.SendAsync("GET", "auth/token/lookup-self", token, over: http)).Status);
        var (elsewhere, why, _) = await fixture.SendAsync("GET", "auth/token/lookup-self", token);
        Assert.Equal((403, "1 error occurred:\n\t* permission denied\n\n"), ((int)elsewhere, (string)why!["errors"]![0]!));
    }

    [Fact]
    public async Task A_roles_blocks_bind_its_logins_and_its_tokens()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        using var inside = fixture.From("127.0.0.2");
        fixture.Vault.Setup.CreateAppRole(SimulatedVaultFixture.Role, new AppRoleSettings { TokenBoundCidrs = ["127.0.0.2"], SecretIdBoundCidrs = ["127.0.0.0/30"] });
        var secret = await SecretIdAsync(fixture, new { });
        var auth = await fixture.Client.LoginAsync(fixture.RoleId, secret, CancellationToken.None);
        Assert.Equal(403, (int)(await fixture.SendAsync("GET", "auth/token/lookup-self", auth.ClientToken)).Status);
        Assert.Equal(200, (int)(await fixture.SendAsync("GET", "auth/token/lookup-self", auth.ClientToken, over: inside)).Status);

        using var outside = fixture.From("127.0.0.9");
        var (status, body, _) = await fixture.SendAsync(
            "PUT", "auth/approle/login", null, new { role_id = fixture.RoleId, secret_id = await SecretIdAsync(fixture, new { }) }, outside);
        Assert.Equal((400, "source address \"127.0.0.9\" unauthorized by CIDR restrictions on the role: %!w(<nil>)"), ((int)status, (string)body!["errors"]![0]!));
    }

    [Theory]
    [InlineData("127.0.0.2/32", 200)]
    [InlineData("127.0.0.0/24", 500)]
    [InlineData("10.0.0.1/32", 500)]
    public async Task The_blocks_of_a_secret_id_must_lie_in_its_roles(string block, int expected)
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        fixture.Vault.Setup.CreateAppRole(SimulatedVaultFixture.Role, new AppRoleSettings { TokenBoundCidrs = ["127.0.0.0/30"], SecretIdBoundCidrs = ["127.0.0.0/30"] });
        foreach (var body in new object[] { new { cidr_list = new[] { block } }, new { token_bound_cidrs = new[] { block } } })
            Assert.Equal(expected, (int)(await fixture.SendAsync("PUT", SimulatedVaultFixture.SecretIdPath, fixture.ControllerToken, body)).Status);
    }

    private static async Task<string> SecretIdAsync(SimulatedVaultFixture fixture, object body) =>
        (string)(await fixture.SendAsync("PUT", SimulatedVaultFixture.SecretIdPath, fixture.ControllerToken, body)).Body!["data"]!["secret_id"]!;
}
