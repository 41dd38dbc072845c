using AkkaVault.Controller.Cluster.Tls;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Cluster.Tls;

/// <summary>When a controller restarts for a new certificate of its remoting.</summary>
public class RemotingRotationTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);
    private static readonly CertificateLife InUse = new("old", Start, Start.AddHours(60));
    private static readonly CertificateLife Newer = new("new", Start.AddHours(30), Start.AddHours(90));

    [Theory]
    [InlineData(0.0, 39, true, null)]
    [InlineData(0.0, 40, true, nameof(RotationEffect.Restart))]
    [InlineData(0.5, 44, true, null)]
    [InlineData(0.5, 45, true, nameof(RotationEffect.Restart))]
    [InlineData(1.0, 49, true, null)]
    [InlineData(1.0, 50, true, nameof(RotationEffect.Restart))]
    [InlineData(0.0, 40, false, null)]
    [InlineData(0.0, 54, false, null)]
    [InlineData(0.0, 55, false, nameof(RotationEffect.Restart))]
    [InlineData(0.0, 61, false, nameof(RotationEffect.Restart))]
    public void It_is_restarted_at_a_moment_of_its_own_when_all_are_there_and_before_the_end_in_any_case(double share, int hours, bool complete, string? expected) =>
        Assert.Equal(expected, Effect(share, Newer, complete, Start.AddHours(hours))?.ToString());

    [Theory]
    [InlineData(54, null)]
    [InlineData(55, nameof(RotationEffect.Warn))]
    [InlineData(70, nameof(RotationEffect.Warn))]
    public void Without_a_newer_one_a_restart_would_not_help(int hours, string? expected)
    {
        Assert.Equal(expected, Effect(0, InUse, true, Start.AddHours(hours))?.ToString());
        Assert.Equal(expected, Effect(0, new CertificateLife("ended", Start, Start.AddHours(50)), true, Start.AddHours(hours))?.ToString());
    }

    [Fact]
    public void A_certificate_that_ends_no_later_or_is_overdue_itself_is_no_reason_for_a_restart()
    {
        // The issuing CA expires, and cuts each certificate to the same end.
        Assert.Null(Effect(0, InUse with { Thumbprint = "cut" }, true, Start.AddHours(41)));
        Assert.Equal(RotationEffect.Warn, Effect(0, InUse with { Thumbprint = "cut" }, true, Start.AddHours(55)));
        // The clock is 56 hours ahead: each new certificate is already in the last twelfth of its lifetime.
        Assert.Equal(RotationEffect.Warn, Effect(0, new CertificateLife("next", Start.AddHours(1), Start.AddHours(61)), true, Start.AddHours(57)));
    }

    [Fact]
    public void It_warns_once()
    {
        var (warned, first) = new RemotingRotation(InUse, 0).Handle(InUse, true, Start.AddHours(55));
        Assert.Equal([RotationEffect.Warn], first);
        Assert.Empty(warned.Handle(InUse, true, Start.AddHours(56)).Effects);
        Assert.Equal([RotationEffect.Restart], warned.Handle(Newer, true, Start.AddHours(57)).Effects);
    }

    private static RotationEffect? Effect(double share, CertificateLife newest, bool isComplete, DateTimeOffset now) =>
        new RemotingRotation(InUse, share).Handle(newest, isComplete, now).Effects is [var effect] ? effect : null;

    [Property]
    public void The_moments_are_in_order_whatever_the_share(byte share)
    {
        var rotation = new RemotingRotation(InUse, share / 255.0);
        Assert.InRange(rotation.Due, Start.AddHours(40), Start.AddHours(50));
        Assert.True(rotation.Due < rotation.Overdue && rotation.Overdue < InUse.To);
        Assert.InRange(rotation.Interval, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
    }
}
