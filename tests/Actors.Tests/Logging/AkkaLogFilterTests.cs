using AkkaVault.Controller.Logging;
using FsCheck;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Logging;

/// <summary>Which of Akka's warnings are logged. The texts come from a controller of three while another one was killed.</summary>
public class AkkaLogFilterTests
{
    private const string Source = "[akka.tcp://kubernetes-vault@127.0.0.2:2552/system/endpointManager/reliableEndpointWriter-1/endpointWriter] ";
    private static readonly DateTimeOffset s_start = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("Disassociated")]
    [InlineData("Association with remote system akka.tcp://kubernetes-vault@127.0.0.1:2552 has failed; address is now gated for 5000 ms. Reason is: [Akka.Remote.EndpointDisassociatedException: Disassociated")]
    [InlineData("Tried to associate with unreachable remote address [akka.tcp://kubernetes-vault@127.0.0.1:2552]. Address is now gated for 200 ms, all messages to this address will be delivered to dead letters. Reason: [Connection refused]")]
    [InlineData("Association to [akka.tcp://kubernetes-vault@127.0.0.1:2552] having UID [974888150] is irrecoverably failed. UID is now quarantined and all messages to this UID will be delivered to dead letters.")]
    [InlineData("Cluster Node [akka.tcp://kubernetes-vault@127.0.0.2:2552] - Ignoring received gossip from unreachable [UniqueAddress: (akka.tcp://kubernetes-vault@127.0.0.1:2552, 1)]")]
    [InlineData("pods: Dropping [1] buffered messages to shard [10] during hand off to avoid re-ordering")]
    public void What_follows_from_another_controllers_end_is_left_out(string text) => Assert.False(AkkaLogFilter.None.Handle(Source + text, s_start).IsNews);

    [Theory]
    [InlineData("Cluster Node [akka.tcp://kubernetes-vault@127.0.0.2:2552] - Marking node(s) as UNREACHABLE [Member(address = akka.tcp://kubernetes-vault@127.0.0.1:2552)]")]
    [InlineData("SBR took decision Akka.Cluster.SBR.DownReachable")]
    [InlineData("Singleton actor [akka://kubernetes-vault/user/watcher/watcher] was terminated")]
    public void Anything_else_is_logged(string text) => Assert.True(AkkaLogFilter.None.Handle(Source + text, s_start).IsNews);

    [Fact]
    public void That_another_cannot_be_connected_to_is_said_when_it_has_lasted_and_every_five_minutes()
    {
        var said = Enumerable.Range(0, 200).Select(i => s_start + TimeSpan.FromSeconds(5 * i)).ToList();
        Assert.Equal([10, 310, 610, 910], SaidAt(said).Select(at => (at - s_start).TotalSeconds));
    }

    [Theory]
    [InlineData("pods: Requested shard homes [11, 9] from coordinator at [[akka://kubernetes-vault/system/sharding/podsCoordinator/singleton/coordinator#1776957018]]. [6] total buffered messages.")]
    [InlineData("pods: Trying to register to coordinator at [/system/sharding/podsCoordinator/singleton/coordinator], but no acknowledgement. Total [132] buffered messages.")]
    public void What_is_asked_in_vain_ten_times_a_second_is_said_when_it_has_lasted_and_every_five_minutes(string text)
    {
        var (noise, said) = (AkkaLogFilter.None, new List<int>());
        for (var tenth = 0; tenth < 7000; tenth++)
        {
            (noise, var isNews) = noise.Handle(Source + text, s_start + TimeSpan.FromMilliseconds(100 * tenth));
            if (isNews) said.Add(tenth);
        }

        Assert.Equal([100, 3100, 6100], said);
    }

    [Fact]
    public void What_was_asked_in_vain_for_a_moment_now_and_then_has_not_lasted()
    {
        var noise = AkkaLogFilter.None;
        for (var gap = 0; gap < 20; gap++)
        {
            (noise, var isNews) = noise.Handle(Source + "pods: Requested shard homes [11, 9] from coordinator at [x]", s_start + TimeSpan.FromSeconds(20 * gap));
            Assert.False(isNews);
        }
    }

    [Fact]
    public void One_that_failed_long_ago_starts_anew() => Assert.Empty(SaidAt([s_start, s_start + TimeSpan.FromHours(1)]));

    [Property(MaxTest = 500)]
    public void Of_one_peer_it_is_never_said_twice_within_a_minute_nor_before_it_lasted(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var at = s_start;
        var failures = new List<DateTimeOffset>();
        for (var i = 0; i < 100; i++) failures.Add(at += TimeSpan.FromSeconds(random.Next(0, 90)));
        var said = SaidAt(failures);
        for (var i = 1; i < said.Count; i++) Assert.True(said[i] - said[i - 1] > AkkaLogFilter.ForgetAfter);
        Assert.All(said, when => Assert.Contains(failures, failed => failed < when && when - failed <= AkkaLogFilter.ForgetAfter));
    }

    private static List<DateTimeOffset> SaidAt(IReadOnlyList<DateTimeOffset> failures)
    {
        var (noise, said) = (AkkaLogFilter.None, new List<DateTimeOffset>());
        foreach (var at in failures)
        {
            (noise, var isNews) = noise.Handle($"{Source}AssociationError [akka.tcp://a@127.0.0.2:2552] -> akka.tcp://a@127.0.0.1:2552: Error [Connection refused] []", at);
            if (isNews) said.Add(at);
        }

        return said;
    }
}
