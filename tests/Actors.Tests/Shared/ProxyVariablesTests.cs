using AkkaVault.Shared.Http;

namespace AkkaVault.Actors.Tests.Shared;

public class ProxyVariablesTests
{
    [Theory]
    [InlineData("HTTPS_PROXY=proxy:3128", "https://vault:8200", "http://proxy:3128/")]
    [InlineData("HTTPS_PROXY=http://proxy:3128", "http://vault:8200", null)]
    [InlineData("HTTP_PROXY=http://proxy:3128", "http://vault:8200", "http://proxy:3128/")]
    [InlineData("HTTP_PROXY=http://proxy:3128", "https://vault:8200", null)]
    [InlineData("https_proxy=http://small:1;HTTPS_PROXY=http://large:1", "https://vault", "http://large:1/")]
    [InlineData("https_proxy=http://small:1;HTTPS_PROXY=", "https://vault", "http://small:1/")]
    [InlineData("HTTPS_PROXY=http://proxy:1;NO_PROXY=other;no_proxy=vault", "https://vault", "http://proxy:1/")]
    [InlineData("HTTPS_PROXY=http://proxy:1;no_proxy=vault", "https://vault", null)]
    [InlineData("HTTPS_PROXY=https://proxy", "https://vault", "https://proxy/")]
    [InlineData("HTTPS_PROXY=socks5://proxy", "https://vault", "socks5://proxy:1080/")]
    [InlineData("HTTPS_PROXY=socks5h://proxy:9", "https://vault", "socks5://proxy:9/")]
    [InlineData("HTTPS_PROXY=192.0.2.1:3128", "https://vault", "http://192.0.2.1:3128/")]
    [InlineData("HTTPS_PROXY=proxy:3128/", "https://vault:8200", "http://proxy:3128/")]
    [InlineData("HTTPS_PROXY= http://proxy:1\n", "https://vault", "http://proxy:1/")]
    [InlineData("HTTPS_PROXY=\ufeffhttp://proxy:1\u200b", "https://vault", "http://proxy:1/")]
    [InlineData("HTTPS_PROXY= \n;https_proxy=http://small:1", "https://vault", "http://small:1/")]
    [InlineData("HTTPS_PROXY=http://proxy:1;NO_PROXY=\ufeffvault\n", "https://vault", null)]
    [InlineData("HTTPS_PROXY=http://proxy:1", "https://127.0.0.1:8200", null)]
    [InlineData("ALL_PROXY=http://proxy:1", "https://vault", null)]
    [InlineData("", "https://vault", null)]
    public void A_proxy_is_chosen_as_Go_does(string variables, string address, string? proxy)
    {
        var read = Read(variables);
        Assert.Empty(read.Problems);
        Assert.Equal(proxy, read.For(new Uri(address))?.Address.ToString());
        var used = new EnvironmentProxy(read);
        Assert.Equal((proxy, proxy is null), (used.GetProxy(new Uri(address))?.ToString(), used.IsBypassed(new Uri(address))));
    }

    [Theory]
    [InlineData("http://somebody:hush@proxy:3128", "somebody", "hush")]
    [InlineData("somebody:hush@proxy:3128", "somebody", "hush")]
    [InlineData("http://some%3Abody:hu%20sh%40@proxy:3128", "some:body", "hu sh@")]
    [InlineData("http://somebody:hu@sh:/@proxy:3128", "somebody", "hu@sh:/")]
    [InlineData("http://somebody@proxy:3128", "somebody", "")]
    public void User_name_and_password_are_given_to_the_proxy_and_printed_nowhere(string address, string user, string password)
    {
        var read = Read($"HTTPS_PROXY={address};HTTP_PROXY=http://other:1");
        Assert.Empty(read.Problems);
        var proxy = new EnvironmentProxy(read);
        var used = proxy.GetProxy(new Uri("https://vault"))!;
        Assert.Equal("http://proxy:3128/", used.ToString());
        Assert.Equal((user, password), proxy.GetCredential(used, "Basic") is { } credentials ? (credentials.UserName, credentials.Password) : default);
        Assert.Null(proxy.GetCredential(new Uri("http://other:1"), "Basic"));
        Assert.Null(proxy.GetCredential(new Uri("http://stranger:3128"), "Basic"));
        Assert.DoesNotContain("somebody", $"{read} {read.Https}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_that_asks_for_them_is_given_them_and_one_that_does_not_is_not()
    {
        var basic = $"Proxy-Authorization: Basic {Convert.ToBase64String("somebody:hu sh"u8)}";
        await using var proxy = new RawServer(received => System.Text.Encoding.ASCII.GetBytes(received.Contains(basic, StringComparison.Ordinal)
            ? RawServer.Http("200 OK", "", "done")
            : RawServer.Http("407 Proxy Authentication Required", "Proxy-Authenticate: Basic realm=\"x\"\r\n")));
        using var http = new HttpClient(new SocketsHttpHandler { Proxy = new EnvironmentProxy(Read($"HTTP_PROXY=http://somebody:hu%20sh@127.0.0.1:{proxy.Port}")) });
        Assert.Equal("done", await http.GetStringAsync(new Uri("http://vault.invalid:8200/v1/x")));
        Assert.Equal(
            [("GET http://vault.invalid:8200/v1/x HTTP/1.1", false), ("GET http://vault.invalid:8200/v1/x HTTP/1.1", true)],
            proxy.Received.Select(received => (received.Split("\r\n")[0], received.Contains(basic, StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("HTTPS_PROXY=ftp://proxy", "HTTPS_PROXY: \"ftp://proxy\": expected an address such as http://proxy:3128")]
    [InlineData("https_proxy=http://", "https_proxy: \"http://\": expected an address such as http://proxy:3128")]
    // Go takes the scheme for the proxy's name, and every request fails with "no such host".
    [InlineData("HTTP_PROXY=http//proxy:3128", "HTTP_PROXY: \"http//proxy:3128\": expected an address such as http://proxy:3128")]
    [InlineData("HTTP_PROXY=http:/proxy:3128", "HTTP_PROXY: \"http:/proxy:3128\": expected an address such as http://proxy:3128")]
    [InlineData("HTTP_PROXY=a proxy", "HTTP_PROXY: \"a proxy\": expected an address such as http://proxy:3128")]
    [InlineData("HTTP_PROXY=http://proxy:port", "HTTP_PROXY: \"http://proxy:port\": expected an address such as http://proxy:3128")]
    [InlineData("HTTP_PROXY=http://u:hush@proxy:port", "HTTP_PROXY: is not the address of a proxy (it is not shown here): expected an address such as http://proxy:3128")]
    [InlineData("HTTP_PROXY=http://proxy:1;REQUEST_METHOD=GET", "HTTP_PROXY: is set, and so is REQUEST_METHOD")]
    public void What_is_wrong_is_said_of_its_variable(string variables, string problem) => Assert.StartsWith(problem, Assert.Single(Read(variables).Problems), StringComparison.Ordinal);

    [Theory]
    [InlineData("NO_PROXY=10.0.0.0/33", "NO_PROXY: \"10.0.0.0/33\" matches no address")]
    [InlineData("no_proxy=http://vault", "no_proxy: \"http://vault\" matches no address")]
    [InlineData("ALL_PROXY=http://proxy:1", "ALL_PROXY: is ignored")]
    [InlineData("all_proxy=http://u:hush@proxy:1;HTTPS_PROXY=http://proxy:1", "all_proxy: is ignored")]
    public void What_has_no_effect_is_warned_of(string variables, string warning)
    {
        var read = Read(variables);
        Assert.Empty(read.Problems);
        Assert.StartsWith(warning, Assert.Single(read.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void In_a_CGI_program_only_http_addresses_are_affected() => Assert.Empty(Read("HTTPS_PROXY=http://proxy:1;REQUEST_METHOD=GET").Problems);

    private static ProxyVariables Read(string variables)
    {
        var pairs = variables.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        return ProxyVariables.Read(pairs.GetValueOrDefault);
    }
}
