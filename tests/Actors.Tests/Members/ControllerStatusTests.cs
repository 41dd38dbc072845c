using Akka.Actor;
using Akka.TestKit.Xunit2;
using AkkaVault.Controller.Cluster.Serialization;
using AkkaVault.Controller.Members;

namespace AkkaVault.Actors.Tests.Members;

/// <summary>What members say of themselves, and how they are asked.</summary>
public sealed class ControllerStatusTests() : TestKit("""
    akka.actor.provider = cluster
    akka.remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
    """)
{
    private const int MostBytesOfAFrame = 128_000;
    private static readonly DateTimeOffset s_at = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);

    internal static ControllerStatus Status(string node) => new(
        node, "0.1.0", s_at, null, 6, 11, new VaultStatus(false, LatencyHistogram.Empty, 0, 0), [], LatencyHistogram.Empty, [], [], null);

    [Fact]
    public void Answers_are_taken_from_those_that_were_asked_and_the_others_are_named()
    {
        var statuses = ControllerStatuses.Of(["b", "a"]).Handle(Status("a")).Handle(Status("stranger"));
        Assert.Equal(["b"], statuses.Unanswered);
        Assert.Equal(["a"], statuses.Answers.Keys);
        Assert.Empty(statuses.Handle(Status("b")).Unanswered);
    }

    [Fact]
    public async Task A_member_that_does_not_answer_is_named_after_a_while()
    {
        var silent = Address.Parse("akka.tcp://kv@127.0.0.1:1");
        Sys.ActorOf(MemberQuery.Props<ControllerStatuses, ControllerStatus>(
            ControllerStatusActor.Name, new GetControllerStatus(), [silent], TestActor, ControllerStatuses.Of([$"{silent}"])));
        var statuses = await ExpectMsgAsync<ControllerStatuses>(TimeSpan.FromSeconds(30));
        Assert.Equal([$"{silent}"], statuses.Unanswered);
    }

    [Fact]
    public async Task All_members_are_asked_and_each_answers_with_its_own_address()
    {
        var cluster = Akka.Cluster.Cluster.Get(Sys);
        var actor = Sys.ActorOf(Props.Create(() => new ControllerStatusActor(new Source())), ControllerStatusActor.Name);
        cluster.Join(cluster.SelfAddress);
        await AwaitConditionAsync(() => Task.FromResult(cluster.State.Members.Count == 1), TimeSpan.FromSeconds(30));
        actor.Tell(QueryMembers.Instance, TestActor);
        var statuses = await ExpectMsgAsync<ControllerStatuses>(TimeSpan.FromSeconds(30));
        Assert.Equal($"{cluster.SelfAddress}", Assert.Single(statuses.Answers).Value.Node);
    }

    [Fact]
    public void The_longest_answer_fits_into_a_frame_of_remoting()
    {
        var run = new DeliveredRun(new string('u', 36) + "/containerd://" + new string('c', 64), new string('n', 63), new string('p', 253), new string('r', 301), s_at, s_at, 100);
        var histogram = new LatencyHistogram([.. Enumerable.Range(1, 14).Select(bound => new LatencyBucket(bound / 7.0, long.MaxValue))], long.MaxValue);
        var longest = Status("akka.tcp://kubernetes-vault@[2001:db8:1:2:3:4:5:6]:2552") with
        {
            Problem = new string('"', ControllerStatus.LongestText + 1),
            LastDelivered = [.. Enumerable.Repeat(run, ControllerStatus.MaxDelivered)],
            Deliveries = histogram,
            Vault = new VaultStatus(true, histogram, 1, 2),
            Failures = [.. Enumerable.Range(0, 60).Select(number => new FailureCount("vault", $"a-reason-that-is-quite-long-{number}", long.MaxValue))],
        };
        Assert.InRange(new WireSerializer((ExtendedActorSystem)Sys).ToBinary(longest).Length, 1, MostBytesOfAFrame * 3 / 4);
    }

    private sealed class Source : IControllerStatusSource
    {
        public Task<ControllerStatus> ReadAsync(string node, CancellationToken cancellation) => Task.FromResult(Status(node));
    }
}
