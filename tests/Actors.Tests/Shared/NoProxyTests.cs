using System.Net;
using AkkaVault.Shared.Http;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Shared;

/// <summary>NO_PROXY as Go's programs parse it.</summary>
public class NoProxyTests
{
    private const string OpenShift = ".cluster.local,.svc,.example.internal,10.0.0.0/16,10.128.0.0/14,127.0.0.1,169.254.169.254,172.30.0.0/16,api-int.lab.example.com,localhost";

    [Theory]
    [InlineData("https://172.30.0.1:443", true)]
    [InlineData("https://172.30.255.255", true)]
    [InlineData("https://172.31.0.1", false)]
    [InlineData("https://10.0.77.1:8200", true)]
    [InlineData("https://10.1.0.1", false)]
    [InlineData("https://10.127.255.255", false)]
    [InlineData("https://10.128.0.1", true)]
    [InlineData("https://10.131.255.255", true)]
    [InlineData("https://10.132.0.0", false)]
    [InlineData("https://vault.vault.svc:8200", true)]
    [InlineData("https://vault.vault.svc.cluster.local:8200", true)]
    [InlineData("https://VAULT.Vault.SVC:8200", true)]
    [InlineData("https://vault.vault", false)]
    [InlineData("https://svc", false)]
    [InlineData("https://notsvc", false)]
    [InlineData("https://api-int.lab.example.com:6443", true)]
    [InlineData("https://x.api-int.lab.example.com:6443", true)]
    [InlineData("https://api.lab.example.com:6443", false)]
    [InlineData("http://169.254.169.254/", true)]
    public void As_OpenShift_writes_it(string address, bool direct) => Assert.Equal(direct, NoProxy.Parse(OpenShift).Covers(new Uri(address)));

    [Theory]
    // A name matches itself and all its subdomains. With a leading dot it matches only subdomains.
    [InlineData("example.org", "http://example.org", true)]
    [InlineData("example.org", "http://a.b.example.org", true)]
    [InlineData("example.org", "http://notexample.org", false)]
    [InlineData("example.org", "http://example.org.uk", false)]
    [InlineData(".example.org", "http://example.org", false)]
    [InlineData(".example.org", "http://a.example.org", true)]
    [InlineData("*.example.org", "http://a.example.org", true)]
    [InlineData("*.example.org", "http://a.b.example.org", true)]
    [InlineData("*.example.org", "http://example.org", false)]
    [InlineData("EXAMPLE.org", "http://Example.ORG", true)]
    [InlineData(" example.org , x", "http://example.org", true)]
    [InlineData(",,example.org,", "http://example.org", true)]
    [InlineData("bücher.example", "http://xn--bcher-kva.example", true)]
    [InlineData("bücher.example", "http://a.bücher.example", true)]
    // With a port, only that port matches. An address without a port has the port of its scheme.
    [InlineData("example.org:80", "http://example.org", true)]
    [InlineData("example.org:80", "http://example.org:81", false)]
    [InlineData("example.org:443", "https://example.org", true)]
    [InlineData("example.org:443", "http://example.org", false)]
    [InlineData(".example.org:8200", "https://a.example.org:8200", true)]
    [InlineData("example.org:", "http://example.org:81", true)]
    [InlineData("192.0.2.1:8200", "http://192.0.2.1:8200", true)]
    [InlineData("192.0.2.1:8200", "http://192.0.2.1", false)]
    [InlineData("[2001:db8::1]:8200", "http://[2001:db8::1]:8200", true)]
    [InlineData("[2001:db8::1]:8200", "http://[2001:db8::1]", false)]
    // Addresses and blocks match only addresses, and names match only names.
    [InlineData("192.0.2.1", "http://192.0.2.1:8200", true)]
    [InlineData("192.0.2.1", "http://192.0.2.10", false)]
    [InlineData("2.1", "http://192.0.2.1", true)]
    [InlineData("2001:db8::1", "http://[2001:0db8:0::1]", true)]
    [InlineData("[2001:db8::1]", "http://[2001:db8::1]", false)]
    [InlineData("::ffff:192.0.2.1", "http://192.0.2.1", true)]
    [InlineData("192.0.2.1", "http://[::ffff:192.0.2.1]", true)]
    [InlineData("192.0.2.77/24", "http://192.0.2.1", true)]
    [InlineData("192.0.2.0/31", "http://192.0.2.2", false)]
    [InlineData("0.0.0.0/0", "http://192.0.2.2", true)]
    [InlineData("0.0.0.0/0", "http://[2001:db8::1]", false)]
    [InlineData("0.0.0.0/0", "http://example.org", false)]
    [InlineData("::/0", "http://[2001:db8::1]", true)]
    [InlineData("::/0", "http://192.0.2.2", false)]
    [InlineData("2001:db8::/32", "http://[2001:db8:ffff::1]", true)]
    [InlineData("2001:db8::/32", "http://[2001:db9::1]", false)]
    [InlineData("192.0.2.1/32", "http://192.0.2.1", true)]
    [InlineData("192.0.2.1/33", "http://192.0.2.1", false)]
    [InlineData("192.0.02.0/24", "http://192.0.2.1", false)]
    [InlineData("10.1/16", "http://10.1.0.1", false)]
    [InlineData("::ffff:10.0.0.0/104", "http://10.1.2.3", true)]
    // A star matches everything.
    [InlineData("*", "http://example.org", true)]
    [InlineData("*", "http://192.0.2.1", true)]
    [InlineData("a, *, b", "http://example.org", true)]
    [InlineData("", "http://example.org", false)]
    // Addresses of this machine never use a proxy.
    [InlineData("", "http://localhost:8200", true)]
    [InlineData("", "http://LOCALHOST", true)]
    [InlineData("", "http://127.0.0.1", true)]
    [InlineData("", "http://127.9.9.9:1", true)]
    [InlineData("", "http://[::1]:8200", true)]
    [InlineData("", "http://[::ffff:127.0.0.1]", true)]
    [InlineData("", "http://localhost.example.org", false)]
    public void As_Go_reads_it(string list, string address, bool direct) => Assert.Equal(direct, NoProxy.Parse(list).Covers(new Uri(address)));

    [Theory]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0/8")]
    [InlineData("http://example.org")]
    [InlineData("a b")]
    [InlineData(":80")]
    [InlineData("example.org:https")]
    [InlineData("[2001:db8::1]")]
    [InlineData("[2001:db8::1]x")]
    public void What_fits_nothing_is_named(string entry) => Assert.Equal([entry], NoProxy.Parse($"x.org,{entry},10.0.0.0/8").Unusable);

    [Property(MaxTest = 2000)]
    public void Any_list_is_read(string? list) => NoProxy.Parse(list ?? "").Covers(new Uri("http://192.0.2.1"));

    [Property(MaxTest = 2000)]
    public void A_block_has_what_shares_its_first_bits(uint network, uint address, byte bits)
    {
        var length = bits % 33;
        var mask = length == 0 ? 0 : uint.MaxValue << (32 - length);
        // Choose an address near the block half of the time. Otherwise almost none would be in it.
        var other = bits < 128 ? network ^ (address >> length.CompareTo(31) switch { > 0 => 31, _ => length }) : address;
        var ip = Ip(other);
        var expected = (network & mask) == (other & mask) || IPAddress.IsLoopback(ip);
        Assert.Equal(expected, NoProxy.Parse($"{Ip(network)}/{length}").Covers(new Uri($"http://{ip}")));
    }

    private static IPAddress Ip(uint number) => new([(byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number]);
}
