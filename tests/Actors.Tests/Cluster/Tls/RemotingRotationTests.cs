using AkkaVault.Controller.Cluster.Tls;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Cluster.Tls;

/// <summary>When a controller is restarted for a new certificate of its remoting.</summary>
public class RemotingRotationTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);
    private static readonly CertificateLife InUse = new("old", Start, Start.AddHours(60));
    private static readonly CertificateLife Newer = new("new", Start.AddHours(30), Start.AddHours(90));

    [Theory]
    [InlineData(0.0, 39, true, RotationDecision.Keep)]
    [InlineData(0.0, 40, true, RotationDecision.Restart)]
    [InlineData(0.5, 44, true, RotationDecision.Keep)]
    [InlineData(0.5, 45, true, RotationDecision.Restart)]
    [InlineData(1.0, 49, true, RotationDecision.Keep)]
    [InlineData(1.0, 50, true, RotationDecision.Restart)]
    [InlineData(0.0, 40, false, RotationDecision.Keep)]
    [InlineData(0.0, 54, false, RotationDecision.Keep)]
    [InlineData(0.0, 55, false, RotationDecision.Restart)]
    [InlineData(0.0, 61, false, RotationDecision.Restart)]
    public void It_is_restarted_at_a_moment_of_its_own_when_all_are_there_and_before_the_end_in_any_case(double share, int hours, bool complete, RotationDecision expected) =>
        Assert.Equal(expected, new RemotingRotation(InUse, share).Judge(Newer, complete, Start.AddHours(hours)));

    [Theory]
    [InlineData(54, RotationDecision.Keep)]
    [InlineData(55, RotationDecision.Warn)]
    [InlineData(70, RotationDecision.Warn)]
    public void Without_a_newer_one_a_restart_would_not_help(int hours, RotationDecision expected)
    {
        Assert.Equal(expected, new RemotingRotation(InUse, 0).Judge(InUse, true, Start.AddHours(hours)));
        Assert.Equal(expected, new RemotingRotation(InUse, 0).Judge(new CertificateLife("ended", Start, Start.AddHours(50)), true, Start.AddHours(hours)));
    }

    [Fact]
    public void A_certificate_that_ends_no_later_or_is_overdue_itself_is_no_reason_for_a_restart()
    {
        // The issuing CA ends, and cuts each certificate: to the same end.
        Assert.Equal(RotationDecision.Keep, new RemotingRotation(InUse, 0).Judge(InUse with { Thumbprint = "cut" }, true, Start.AddHours(41)));
        Assert.Equal(RotationDecision.Warn, new RemotingRotation(InUse, 0).Judge(InUse with { Thumbprint = "cut" }, true, Start.AddHours(55)));
        // The clock is 56 hours ahead: each certificate is in the last twelfth of its life when it comes.
        Assert.Equal(RotationDecision.Warn, new RemotingRotation(InUse, 0).Judge(new CertificateLife("next", Start.AddHours(1), Start.AddHours(61)), true, Start.AddHours(57)));
    }

    [Property]
    public void The_moments_are_in_order_whatever_the_share(byte share)
    {
        var rotation = new RemotingRotation(InUse, share / 255.0);
        Assert.InRange(rotation.Due, Start.AddHours(40), Start.AddHours(50));
        Assert.True(rotation.Due < rotation.Overdue && rotation.Overdue < InUse.To);
        Assert.InRange(rotation.Interval, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
    }
}
