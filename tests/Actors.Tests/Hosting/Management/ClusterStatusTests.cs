using AkkaVault.Actors.Tests.Members;
using AkkaVault.Contracts;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Hosting.Management;
using AkkaVault.Controller.Members;
using AkkaVault.Controller.Runs;

namespace AkkaVault.Actors.Tests.Hosting.Management;

/// <summary>How the document of <c>/status</c> is put together.</summary>
public class ClusterStatusTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 24, 20, 0, 0, TimeSpan.Zero);
    private static readonly MembersDocument s_members = new(
        "a", "a", "b", new Dictionary<string, string>(), [new UnreachableDocument("c", [])],
        [new MemberDocument("c", "3", "Up", []), new MemberDocument("b", "2", "Up", []), new MemberDocument("a", "1", "Up", [])]);

    private static readonly LeaderStatus s_leader = new(true, null, "kubernetes", 2048, s_now.AddSeconds(-2), 1, 2, 3, null);

    [Fact]
    public void Members_are_those_of_cluster_members_with_what_each_has_said()
    {
        var status = Document([ControllerStatusTests.Status("a"), ControllerStatusTests.Status("b") with { Leader = s_leader, Problem = "the Vault token is lost" }]);
        Assert.Equal(
            [("a", true, false, "0.1.0", null), ("b", true, true, "0.1.0", "the Vault token is lost"), ("c", false, false, null, null)],
            status.Members.Select(member => (member.Node, member.Reachable, member.Leads, member.Version, member.Problem)));
        Assert.Equal("b", status.Oldest);
        Assert.Equal(["c"], status.Unanswered);
        Assert.Equal(new WatchDocument("b", true, null), status.Watch);
        Assert.Equal(new LedgerDocument("b", "kubernetes", 2048, 1048576, s_now.AddSeconds(-2).UtcDateTime, 1, 2, 3, null), status.Ledger);
    }

    [Fact]
    public void Only_the_leader_says_how_watch_and_ledger_are()
    {
        // One that has just led may still think so.
        var status = Document([ControllerStatusTests.Status("a") with { Leader = s_leader }]);
        Assert.Equal((null, null), (status.Watch, status.Ledger));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("none")]
    public void A_ledger_that_is_not_in_Kubernetes_has_no_size(string store)
    {
        var ledger = Document([ControllerStatusTests.Status("b") with { Leader = s_leader with { Store = store, Bytes = 0, WrittenAt = null } }]).Ledger!;
        Assert.Equal((store, null, null, null), (ledger.Store, ledger.Bytes, ledger.LimitBytes, ledger.WrittenAt));
    }

    [Fact]
    public void A_pod_that_waits_has_the_words_of_explain()
    {
        var status = Document([], [Pod("web-0", "403: permission denied.", "vault-403"), Pod("web-1", null, null), Pod("web-2", "403", "vault-403") with { State = "delivered" }]);
        var explained = RunExplanation.OfError("403: permission denied.", "vault-403", "web", 3, "b", isRedelivery: false);
        var refused = status.Pods[0];
        Assert.Equal((explained.Code, explained.Sentence, explained.WhatToDo, true), (refused.Code, refused.Reason, refused.WhatToDo, refused.Failed));
        Assert.Equal(("role-refused", ProblemAdvice.For("vault-403", "web")), (refused.Code, refused.WhatToDo));
        Assert.All(status.Pods.Skip(1), pod => Assert.Equal(("in-progress", false), (pod.Code, pod.Failed)));
    }

    [Fact]
    public void A_thousand_pods_are_cut_and_those_left_out_are_counted()
    {
        var status = ClusterStatus.Document(
            s_members, new PodsDocument("a", [.. Enumerable.Range(0, 1000).Select(number => Pod($"web-{number}", null, null))], 17, ["d"]), ControllerStatuses.Of([]), null, s_now);
        Assert.Equal((ClusterStatus.MaxPods, 1017 - ClusterStatus.MaxPods, "web-0"), (status.Pods.Count, status.Omitted, status.Pods[0].Pod));
        Assert.Equal(["d"], status.Unanswered);
    }

    [Fact]
    public void Deliveries_and_failures_are_those_of_all_members_together()
    {
        var (early, late) = (Delivered("early", 5), Delivered("late", 1));
        var histogram = new LatencyHistogram([new(0.1, 1), new(1, 2)], 2);
        var status = Document(
        [
            ControllerStatusTests.Status("a") with { LastDelivered = [early], Deliveries = histogram, Failures = [new("push", "not-listening", 2), new("vault", "sealed", 9)] },
            ControllerStatusTests.Status("b") with { LastDelivered = [late], Deliveries = histogram, Failures = [new("push", "not-listening", 3)] },
        ]);
        Assert.Equal(4, status.Deliveries.Count);
        Assert.Equal([("late", "b", 0.25), ("early", "a", 0.25)], status.Deliveries.Last.Select(delivery => (delivery.Pod, delivery.Node, delivery.Seconds)));
        Assert.Equal([new FailureDocument("vault", "sealed", 9), new FailureDocument("push", "not-listening", 5)], status.Failures);
    }

    [Fact]
    public void A_token_or_a_certificate_that_is_not_there_has_nothing_left()
    {
        var status = Document([ControllerStatusTests.Status("a") with
        {
            Vault = new VaultStatus(true, LatencyHistogram.Empty, 0, 0),
            Certificates = [new CertificateStatus("metrics", 0, 3600), new CertificateStatus("remoting", 0, 0)],
        }]);
        var member = status.Members[0];
        Assert.Equal(new VaultDocument(true, 0, null, null, null, null), member.Vault);
        Assert.Equal([new CertificateDocument("metrics", 0, 3600), new CertificateDocument("remoting", null, null)], member.Certificates);
    }

    [Fact]
    public void Only_deliveries_are_remembered_as_such_the_newest_first()
    {
        var runs = LocalRuns.Empty with
        {
            Ended = [Run("cancelled", RunOutcome.Cancelled, 3), .. Enumerable.Range(0, ControllerStatus.MaxDelivered + 5).Select(number => Run($"{number}", RunOutcome.Delivered, 1000 - number))],
        };
        var last = ControllerStatusSource.LastDelivered(runs);
        Assert.Equal((ControllerStatus.MaxDelivered, $"{ControllerStatus.MaxDelivered + 4}"), (last.Count, last[0].Pod));
    }

    private static RunSummary Run(string pod, RunOutcome outcome, int secondsAgo) =>
        new(new RunId("u", pod), "ns", pod, "web", DeliveryState.Ended, 1, null, s_now.AddSeconds(-secondsAgo - 1), s_now.AddSeconds(-secondsAgo), outcome);

    private static DeliveredRun Delivered(string pod, int secondsAgo) => new("u/r", "ns", pod, "web", s_now.AddSeconds(-secondsAgo - 0.25), s_now.AddSeconds(-secondsAgo), 1);

    private static PodRunDocument Pod(string name, string? error, string? code) => new("ns", name, "u", "u/r", "web", "waiting", 3, error, code, s_now.UtcDateTime, 7, "b");

    private static ClusterStatusDocument Document(IEnumerable<ControllerStatus> said, IReadOnlyList<PodRunDocument>? pods = null) => ClusterStatus.Document(
        s_members, new PodsDocument("a", pods ?? [], 0, []), said.Aggregate(ControllerStatuses.Of(["a", "b", "c"]), (statuses, status) => statuses.Handle(status)), null, s_now);
}
