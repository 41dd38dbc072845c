using System.Net;
using AkkaVault.Shared.Http;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Shared;

public class DiscreetHandlerTests
{
    [Theory]
    [InlineData("nothing to hide", "nothing to hide")]
    [InlineData("cannot reach https://vault:8200/", "cannot reach https://vault:8200/")]
    [InlineData("proxy 'http://u:hush@proxy:3128/' failed", "proxy 'http://***@proxy:3128/' failed")]
    [InlineData("http://hush@one, socks5://u:hu'sh@two", "http://***@one, socks5://***@two")]
    [InlineData("http://u:h@sh@proxy", "http://***@proxy")]
    [InlineData("http://u:hush@", "http://***@")]
    [InlineData("https://vault/a@b?c@d", "https://vault/a@b?c@d")]
    [InlineData("https://vault is asked by me@there", "https://vault is asked by me@there")]
    [InlineData("://", "://")]
    public void User_names_and_passwords_in_addresses_are_masked(string text, string masked) => Assert.Equal(masked, UserInfo.Mask(text));

    [Property(MaxTest = 1000)]
    public void What_is_masked_stays_as_it_is(string? text)
    {
        var masked = UserInfo.Mask(text ?? "");
        Assert.Equal(masked, UserInfo.Mask(masked));
    }

    [Theory]
    [InlineData("https://u:hush@vault:8200/a?b", "https://vault:8200/a?b")]
    [InlineData("https://vault:8200/a%20b", "https://vault:8200/a%20b")]
    public void An_address_is_told_without_them(string address, string told) => Assert.Equal(told, UserInfo.Without(new Uri(address)).AbsoluteUri);

    [Fact]
    public async Task A_tunnel_that_was_not_opened_is_told_in_other_words()
    {
        var e = await FailureAsync(new HttpRequestException(HttpRequestError.ProxyTunnelError, "proxy 'http://u:hu sh@proxy' failed with '407'", null, HttpStatusCode.ProxyAuthenticationRequired));
        Assert.Equal("the proxy did not open a tunnel: it answered 407", e.Message);
        Assert.Equal((HttpRequestError.ProxyTunnelError, HttpStatusCode.ProxyAuthenticationRequired), (e.HttpRequestError, e.StatusCode));
        Assert.Equal(
            "the proxy did not open a tunnel: no route to socks5://***@proxy",
            (await FailureAsync(new HttpRequestException(HttpRequestError.ProxyTunnelError, "x", new IOException("no route to socks5://u:hush@proxy")))).Message);
    }

    [Fact]
    public async Task A_cause_that_tells_is_left_out()
    {
        var e = await FailureAsync(new HttpRequestException(HttpRequestError.ConnectionError, "it broke", new IOException("at http://u:hush@proxy")));
        Assert.Equal("it broke: at http://***@proxy", e.Message);
        Assert.DoesNotContain("hush", e.ToString(), StringComparison.Ordinal);
        var deep = await FailureAsync(new HttpRequestException("it broke", new IOException("so", new InvalidOperationException("http://u:hush@proxy"))));
        Assert.DoesNotContain("hush", deep.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Any_other_failure_is_passed_on_as_it_is()
    {
        var failure = new HttpRequestException(HttpRequestError.NameResolutionError, "no such host (vault:8200)", new IOException("why"));
        Assert.Same(failure, await FailureAsync(failure));
    }

    private static async Task<HttpRequestException> FailureAsync(HttpRequestException failure)
    {
        using var http = new HttpClient(new DiscreetHandler(new Failing(failure)));
        return await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(new Uri("http://vault")));
    }

    private sealed class Failing(HttpRequestException failure) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromException<HttpResponseMessage>(failure);
    }
}
