using System.Net;
using AkkaVault.Actors.Tests.Shared;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Actors.Tests.Vault;

/// <summary>Another program answers in place of Vault or the API server, or an answer redirects to another address.</summary>
public class ForeignAnswerTests
{
    private const string Secret = "s.hush";
    private const string Empty = "did not come from Vault (it sent an empty answer); is there a load balancer or a proxy in front that cannot reach it, or is the address wrong?";

    [Theory]
    [InlineData("503 Service Unavailable", "", "", "the answer 503 " + Empty)]
    [InlineData("404 Not Found", "", "", "the answer 404 " + Empty)]
    [InlineData("403 Forbidden", "", "", "the answer 403 " + Empty)]
    [InlineData("429 Too Many Requests", "Retry-After: 3\r\n", "", "the answer 429 " + Empty)]
    [InlineData("502 Bad Gateway", "Content-Type: text/html\r\nServer: nginx/1.25\r\n", "<html>s.hush</html>", "the answer 502 did not come from Vault (it is nginx/1.25, and sent a web page)")]
    [InlineData("404 Not Found", "Content-Type: text/plain; charset=utf-8\r\n", "default backend - 404", "the answer 404 did not come from Vault (it sent text/plain)")]
    [InlineData("503 Service Unavailable", "Content-Type: application/json\r\n", "{\"message\":\"s.hush\"}", "the answer 503 did not come from Vault (it sent application/json)")]
    [InlineData("503 Service Unavailable", "Content-Type: application/json\r\n", "[]", "the answer 503 did not come from Vault (it sent application/json)")]
    [InlineData("303 See Other", "Location: https://u:hush@login.example.org/?to=x\r\n", "", "the answer 303 did not come from Vault (it sent an empty answer, and points to https://***@login.example.org/?to=x)")]
    [InlineData("400 Bad Request", "", "Client sent an HTTP request to an HTTPS server.\n", "Vault's port speaks TLS: the address must begin with https")]
    [InlineData("400 Bad Request", "Content-Type: text/html\r\n", "<h1>400</h1>The plain HTTP request was sent to HTTPS port", "Vault's port speaks TLS: the address must begin with https")]
    public async Task What_Vault_does_not_say_is_not_taken_for_its_word(string status, string headers, string body, string words)
    {
        await using var other = new RawServer(RawServer.Http(status, headers, body));
        var e = await FailureAsync(other);
        Assert.StartsWith($"GET auth/token/lookup-self: {words}", e.Message, StringComparison.Ordinal);
        // Such an answer says nothing about a token or a role.
        Assert.Equal((VaultFailure.Transient, null, headers.StartsWith("Retry", StringComparison.Ordinal) ? TimeSpan.FromSeconds(3) : null), (e.Failure, e.Status, e.RetryAfter));
        Assert.DoesNotContain(Secret, e.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("404 Not Found", "{\"errors\":[]}", "404")]
    [InlineData("403 Forbidden", "{\"errors\":[\"permission denied\"]}", "403: permission denied")]
    public async Task What_Vault_says_is_passed_on(string status, string body, string words)
    {
        await using var vault = new RawServer(RawServer.Http(status, "", body));
        var e = await FailureAsync(vault);
        Assert.Equal(($"GET auth/token/lookup-self: {words}", VaultFailure.Permanent, (HttpStatusCode?)int.Parse(words[..3])), (e.Message, e.Failure, e.Status));
    }

    [Theory]
    [InlineData("301 Moved Permanently")]
    [InlineData("302 Found")]
    [InlineData("307 Temporary Redirect")]
    [InlineData("308 Permanent Redirect")]
    public async Task A_redirect_is_followed_once_with_method_body_and_headers(string status)
    {
        await using var vault = new RawServer(RawServer.Http("200 OK", "", """{"auth":{"client_token":"s.new","accessor":"a","lease_duration":60,"renewable":true,"policies":[]}}"""));
        await using var before = new RawServer(RawServer.Http(status, $"Location: http://127.0.0.1:{vault.Port}/v1/elsewhere\r\n"));
        using var http = VaultTransport.Create(new Uri($"http://127.0.0.1:{before.Port}"), new SystemTrust());
        Assert.Equal("s.new", (await new VaultClient(http, ns: "team").LoginAsync("role", "secret", CancellationToken.None)).ClientToken);
        var received = Assert.Single(vault.Received);
        Assert.StartsWith("PUT /v1/elsewhere HTTP/1.1\r\n", received, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Vault-Namespace: team\r\n", received, StringComparison.Ordinal);
        Assert.EndsWith("""{"role_id":"role","secret_id":"secret"}""", received, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("301 Moved Permanently", "Location: http://u:hush@127.0.0.1/x\r\n", "redirected a second time, to http://***@127.0.0.1/x")]
    [InlineData("302 Found", "", "redirected without an address")]
    [InlineData("302 Found", "Location: ftp://u:hush@vault/x\r\n", "redirected to ftp://***@vault/x, which is neither http nor https")]
    public async Task A_redirect_that_leads_nowhere_says_where_to(string status, string headers, string words)
    {
        await using var vault = new RawServer(received => System.Text.Encoding.ASCII.GetBytes(RawServer.Http(
            status, received.StartsWith("GET /v1/auth", StringComparison.Ordinal) && headers.Contains("http:", StringComparison.Ordinal) ? "Location: /again\r\n" : headers)));
        var e = await FailureAsync(vault);
        Assert.StartsWith($"GET auth/token/lookup-self: {words}", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_redirect_without_an_address_says_so()
    {
        await using var vault = new RawServer(received => System.Text.Encoding.ASCII.GetBytes(
            RawServer.Http("302 Found", received.StartsWith("GET /v1/auth", StringComparison.Ordinal) ? "Location: /again\r\n" : "")));
        Assert.Equal("GET auth/token/lookup-self: redirected a second time, without an address", (await FailureAsync(vault)).Message);
    }

    [Theory]
    [InlineData("503 Service Unavailable", "Content-Type: text/html\r\n", "<html>", "the answer 503 did not come from the API server (it sent a web page)")]
    [InlineData("404 Not Found", "", "", "the answer 404 did not come from the API server (it sent an empty answer)")]
    [InlineData("404 Not Found", "Content-Type: text/plain\r\n", "default backend - 404", "the answer 404 did not come from the API server (it sent text/plain)")]
    [InlineData("404 Not Found", "Content-Type: text/plain\r\n", "404 page not found\n", "404: Not Found")]
    [InlineData("403 Forbidden", "Content-Type: application/json\r\n", "{\"message\":\"blocked\"}", "the answer 403 did not come from the API server (it sent application/json)")]
    [InlineData("400 Bad Request", "Content-Type: text/plain\r\n", "Client sent an HTTP request to an HTTPS server.", "the API server's port speaks TLS: the address must begin with https")]
    [InlineData("429 Too Many Requests", "Content-Type: text/plain; charset=utf-8\r\n", "Too many requests, please try again later.", "429: Too Many Requests")]
    [InlineData("403 Forbidden", "Content-Type: application/json\r\n", "{\"kind\":\"Status\",\"message\":\"pods is forbidden\",\"code\":403}", "403: pods is forbidden")]
    public async Task The_API_server_is_told_apart_as_well(string status, string headers, string body, string words)
    {
        await using var server = new RawServer(RawServer.Http(status, headers, body));
        using var api = ApiServer.For(new Uri($"http://127.0.0.1:{server.Port}"));
        using var answer = await api.GetAsync("api/v1/pods", CancellationToken.None);
        var e = await Assert.ThrowsAsync<ApiServerException>(() => ApiServerException.ThrowUnlessOkAsync(answer, CancellationToken.None));
        Assert.StartsWith(words, e.Message, StringComparison.Ordinal);
        // Decisions depend on the code, and this code means a temporary failure.
        Assert.Equal(char.IsDigit(words[0]) ? int.Parse(words[..3]) : 502, e.Code);
    }

    private static async Task<VaultException> FailureAsync(RawServer server)
    {
        using var http = VaultTransport.Create(new Uri($"http://127.0.0.1:{server.Port}"), new SystemTrust());
        return await Assert.ThrowsAsync<VaultException>(() => new VaultClient(http).LookupSelfAsync(Secret, CancellationToken.None));
    }
}
