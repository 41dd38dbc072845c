using System.Net;
using AkkaVault.Controller.Cluster.Standalone;
using AkkaVault.Controller.Kubernetes.Endpoints;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Cluster.Standalone;

/// <summary>From the addresses of the Service to the warning.</summary>
public sealed class StandaloneCheckTests
{
    [Theory]
    // One address, or no Service.
    [InlineData("1 1 1 0 0 1", "")]
    // A rolling update shows a second address.
    [InlineData("1 2 1 2 1", "")]
    // The warning comes once, however long the state lasts.
    [InlineData("2 2 2 3 3 5", "1")]
    [InlineData("1 3 3", "2")]
    // One address, and then several again.
    [InlineData("2 2 1 2 2", "1 4")]
    // A failed read of the Service counts neither as several addresses nor as one.
    [InlineData("2 ? 2 2", "3")]
    [InlineData("2 2 ? 2 2", "1")]
    [InlineData("? ? ?", "")]
    public void It_warns_once_after_two_observations_in_a_row(string observed, string warnedAt) => Assert.Equal(warnedAt, string.Join(' ', WarnedAt(observed.Split(' '))));

    [Property]
    public void It_warns_again_only_after_a_single_address_in_between(bool?[] looks)
    {
        var told = WarnedAt(looks.Select(several => several is { } seen ? seen ? "2" : "1" : "?")).ToList();
        Assert.All(told, i => Assert.True(i > 0 && looks[i] == true && looks[i - 1] == true));
        Assert.All(told.Zip(told.Skip(1)), pair => Assert.Contains(false, looks[pair.Item1..pair.Item2].Select(look => look ?? true)));
        var twice = Enumerable.Range(1, Math.Max(0, looks.Length - 1)).Any(i => looks[i] == true && looks[i - 1] == true);
        Assert.Equal(twice, told.Count > 0);
    }

    [Fact]
    public void Of_a_pod_with_addresses_of_two_families_one_counts_and_an_address_with_several_ports_once()
    {
        Assert.Equal(0, StandaloneCheck.Count([]));
        Assert.Equal(1, StandaloneCheck.Count([Endpoint("10.1.0.1"), Endpoint("fd00::1")]));
        Assert.Equal(1, StandaloneCheck.Count([Endpoint("10.1.0.1"), Endpoint("10.1.0.1", 8558)]));
        Assert.Equal(2, StandaloneCheck.Count([Endpoint("10.1.0.1"), Endpoint("fd00::1"), Endpoint("fd00::2")]));
        Assert.Equal(3, StandaloneCheck.Count([Endpoint("10.1.0.1"), Endpoint("10.1.0.2"), Endpoint("10.1.0.3"), Endpoint("fd00::2")]));
    }

    private static ServiceEndpoint Endpoint(string ip, int? port = null) => new(IPAddress.Parse(ip), port);

    private static IEnumerable<int> WarnedAt(IEnumerable<string> looks)
    {
        var check = StandaloneCheck.None;
        foreach (var (i, look) in looks.Index())
        {
            (check, var effects) = check.Handle(look == "?" ? null : int.Parse(look, System.Globalization.CultureInfo.InvariantCulture));
            if (effects.Contains(StandaloneCheckEffect.Warn)) yield return i;
        }
    }
}
