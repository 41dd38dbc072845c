using System.Net;
using AkkaVault.Controller.Cluster.AkkaWorkarounds;

namespace AkkaVault.Actors.Tests.Cluster.AkkaWorkarounds;

public class UnproxiedContactPointsTests
{
    private static readonly Uri Proxy = new("http://proxy:3128");

    [Theory]
    [InlineData("http://10.0.0.1:8558/bootstrap/seed-nodes", true)]
    [InlineData("http://[fd00::1]:8558/bootstrap/seed-nodes", true)]
    [InlineData("https://vault:8200/v1/auth/approle/login", false)]
    [InlineData("https://10.0.0.1/bootstrap/seed-nodes", false)]
    public void Other_controllers_are_asked_directly_and_all_else_as_the_environment_says(string asked, bool directly)
    {
        var proxies = new UnproxiedContactPoints(new WebProxy(Proxy));
        Assert.Equal(directly, proxies.IsBypassed(new Uri(asked)));
        if (!directly) Assert.Equal(Proxy, proxies.GetProxy(new Uri(asked)));
    }
}
