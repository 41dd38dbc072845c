using AkkaVault.Cli;
using AkkaVault.Cli.Cluster;
using AkkaVault.Contracts;

namespace AkkaVault.Actors.Tests.Cli;

/// <summary>Which member an argument names, where its management port is, and which runs are failing.</summary>
public sealed class MemberAddressTests
{
    private static readonly MembersDocument Members = new(
        "akka.tcp://c@10.0.0.1:2552", null, null, new Dictionary<string, string>(), [],
        [.. new[] { "akka.tcp://c@10.0.0.1:2552", "akka.tcp://c@10.0.0.1:2553", "akka.tcp://c@10.0.0.11:2552", "akka.tcp://c@[fd00::5]:2552" }.Select(node => new MemberDocument(node, "1", "Up", []))]);

    [Theory]
    [InlineData("akka.tcp://c@10.0.0.1:2553", "akka.tcp://c@10.0.0.1:2553")]
    [InlineData("10.0.0.1:2552", "akka.tcp://c@10.0.0.1:2552")]
    [InlineData("10.0.0.11", "akka.tcp://c@10.0.0.11:2552")]
    [InlineData("fd00::5", "akka.tcp://c@[fd00::5]:2552")]
    [InlineData("[fd00::5]:2552", "akka.tcp://c@[fd00::5]:2552")]
    public void Found(string meant, string expected) => Assert.Equal(expected, MemberAddress.Find(Members, meant));

    [Theory]
    [InlineData("10.0.0.1", "is more than one member")]
    [InlineData("10.0.0.2", "is no member; the members are: akka.tcp://c@10.0.0.1:2552")]
    [InlineData("0.0.1", "is no member")]
    public void Not_found(string meant, string expected)
    {
        var e = Assert.Throws<CommandException>(() => MemberAddress.Find(Members, meant));
        Assert.Equal(ExitCodes.Misused, e.ExitCode);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("akka.tcp://c@10.0.0.1:2552", "https://10.0.0.1:8558/")]
    [InlineData("akka.tcp://c@[fd00::5]:2552", "https://[fd00::5]:8558/")]
    [InlineData("akka.tcp://c@fd00::5:2552", "https://[fd00::5]:8558/")]
    [InlineData("akka.tcp://c", null)]
    public void Management(string node, string? expected) => Assert.Equal(expected, MemberAddress.ManagementOf(node, new Uri("https://localhost:8558"))?.AbsoluteUri);

    [Theory]
    [InlineData("waiting", "refused", true)]
    [InlineData("pushing", "refused", true)]
    [InlineData("waiting", null, false)]
    [InlineData("waiting", "", false)]
    [InlineData("delivered", "refused", false)]
    [InlineData("cancelled", "refused", false)]
    public void Failing(string state, string? error, bool expected) =>
        Assert.Equal(expected, PodsCommand.IsFailing(new PodRunDocument("a", "b", "u", "r", "role", state, 1, error, null, default, 1, null)));

    [Fact]
    public void Nobody_leads_and_nobody_is_reached()
    {
        var answer = ClusterAnswer.Of(Members with { Unreachable = [new UnreachableDocument("akka.tcp://c@10.0.0.11:2552", ["akka.tcp://c@10.0.0.1:2552"])] });
        Assert.Equal(2, answer.Problems.Count);
        Assert.Equal(["akka.tcp://c@10.0.0.11:2552"], answer.Members.Where(member => !member.Reachable).Select(member => member.Node));
        Assert.Single(ClusterAnswer.Of(Members with { Members = [] }).Problems);
        Assert.Empty(ClusterAnswer.Of(Members with { Oldest = "akka.tcp://c@10.0.0.1:2552" }).Problems);
    }
}
