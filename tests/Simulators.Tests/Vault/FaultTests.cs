using System.Net;
using System.Text;
using System.Text.Json;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Shared.Vault;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>What each fault sends over the wire, and whether Vault handled the request.</summary>
public sealed class FaultTests
{
    [Fact]
    public async Task A_body_is_cut_in_its_middle_after_the_request_was_done()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        fixture.Vault.Fault = _ => VaultFault.CutBody;
        for (var times = 1; times <= 20; times++)
        {
            using var response = await IssueAsync(fixture);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.True(response.Content.Headers.ContentLength > 0);
            await Assert.ThrowsAsync<HttpRequestException>(() => response.Content.ReadAsStringAsync());
            Assert.Equal(times, fixture.Vault.WrappingTokens.Count);
        }

        Assert.All(fixture.Vault.Audit, entry => Assert.Equal(0, entry.Status));
    }

    [Fact]
    public async Task A_body_is_cut_under_TLS_too()
    {
        await using var issuer = await SimulatedVaultFixture.StartAsync();
        var root = issuer.Vault.Setup.EnablePki("root", "int");
        issuer.Vault.Setup.CreatePkiRole("int", "server");
        var issued = issuer.Vault.Setup.IssueServerCertificate("int", "server", ["localhost"], [IPAddress.Loopback], TimeSpan.FromHours(1));
        await using var fixture = await SimulatedVaultFixture.StartAsync(new SimulatedVaultOptions { Certificate = issued.Certificate, CertificateChain = issued.Chain });
        using var http = VaultTransport.Create(fixture.Vault.Address, [root]);
        fixture.Vault.Fault = _ => VaultFault.CutBody;
        using var response = await http.GetAsync("v1/sys/health", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(() => response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_body_without_an_end_comes_on_until_the_client_goes()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        fixture.Vault.Fault = _ => VaultFault.EndlessBody;
        using (var response = await IssueAsync(fixture))
        {
            Assert.Null(response.Content.Headers.ContentLength);
            await using var body = await response.Content.ReadAsStreamAsync();
            var start = new byte[20];
            await body.ReadExactlyAsync(start).AsTask().EndsAsync();
            Assert.Equal("{\"request_id\":\"aaaaa", Encoding.ASCII.GetString(start));
        }

        Assert.Empty(fixture.Vault.WrappingTokens);
        fixture.Vault.Fault = null;
        await fixture.IssueAsync();
    }

    [Fact]
    public async Task A_vault_stops_while_a_body_without_an_end_is_on_its_way()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        fixture.Vault.Fault = _ => VaultFault.EndlessBody;
        using var response = await IssueAsync(fixture);
        await fixture.Vault.StopListeningAsync().EndsAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => response.Content.ReadAsStringAsync()).EndsAsync();
    }

    [Fact]
    public async Task Truncated_JSON_has_the_length_it_says()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        fixture.Vault.Fault = _ => VaultFault.TruncatedJson;
        using var response = await IssueAsync(fixture);
        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal((200, text.Length), ((int)response.StatusCode, (int)response.Content.Headers.ContentLength!));
        Assert.StartsWith("{\"request_id\":", text);
        Assert.ThrowsAny<JsonException>(() => JsonDocument.Parse(text));
        Assert.Single(fixture.Vault.WrappingTokens);
    }

    [Fact]
    public async Task A_page_an_empty_body_and_a_wrong_content_type()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        fixture.Vault.Fault = _ => VaultFault.NotJson;
        using var page = await IssueAsync(fixture);
        Assert.Equal((200, "text/html"), ((int)page.StatusCode, page.Content.Headers.ContentType!.MediaType));
        Assert.StartsWith("<!DOCTYPE html>", await page.Content.ReadAsStringAsync());

        fixture.Vault.Fault = _ => VaultFault.EmptyBody;
        using var empty = await IssueAsync(fixture);
        Assert.Equal((200, 0), ((int)empty.StatusCode, (await empty.Content.ReadAsByteArrayAsync()).Length));
        Assert.Empty(fixture.Vault.WrappingTokens);

        fixture.Vault.Fault = _ => VaultFault.WrongContentType;
        using var wrong = await IssueAsync(fixture);
        Assert.Equal("text/html", wrong.Content.Headers.ContentType!.MediaType);
        using var json = JsonDocument.Parse(await wrong.Content.ReadAsStringAsync());
        Assert.Equal(60, json.RootElement.GetProperty("wrap_info").GetProperty("ttl").GetInt32());
        Assert.Single(fixture.Vault.WrappingTokens);
    }

    [Fact]
    public async Task An_oversized_body_is_as_long_as_asked_for_and_good_JSON()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        const int size = (4 << 20) + 1;
        fixture.Vault.Fault = _ => VaultFault.OversizedBody(size);
        using var response = await IssueAsync(fixture);
        var body = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal((size, size), (body.Length, (int)response.Content.Headers.ContentLength!));
        using var json = JsonDocument.Parse(body);
        Assert.Throws<ArgumentOutOfRangeException>(() => VaultFault.OversizedBody(63));
    }

    [Fact]
    public async Task A_redirect_leads_to_the_same_path_elsewhere()
    {
        await using var standby = await SimulatedVaultFixture.StartAsync();
        await using var active = await SimulatedVaultFixture.StartAsync();
        standby.Vault.Fault = _ => VaultFault.Redirect(active.Vault.Address);
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var http = new HttpClient(handler) { BaseAddress = standby.Vault.Address };
        using var response = await http.PutAsync("v1/auth/token/renew%20self?x=1", null);
        Assert.Equal(HttpStatusCode.TemporaryRedirect, response.StatusCode);
        Assert.Equal($"{active.Vault.Address}v1/auth/token/renew%20self?x=1", response.Headers.Location!.AbsoluteUri);
        Assert.Equal(307, Assert.Single(standby.Vault.Audit).Status);
        Assert.Equal("kubernetes-vault", (await standby.Client.LookupSelfAsync(active.ControllerToken, CancellationToken.None)).Role);
        Assert.Single(active.Vault.Audit);
    }

    private static Task<HttpResponseMessage> IssueAsync(SimulatedVaultFixture fixture)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, $"v1/{SimulatedVaultFixture.SecretIdPath}");
        request.Headers.Add("X-Vault-Token", fixture.ControllerToken);
        request.Headers.Add("X-Vault-Wrap-TTL", "60s");
        return fixture.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).EndsAsync();
    }
}
