using AkkaVault.Cli.Explaining;
using AkkaVault.Contracts;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Watching;

namespace AkkaVault.Actors.Tests.Cli;

/// <summary>Finds out why a pod has no secret, from the facts about the pod.</summary>
public sealed partial class PodExplanationTests
{
    private const string Container = "install";
    private const string ContainerId = "containerd://1";
    private static readonly DateTimeOffset At = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);
    private static readonly ContainerStateDetail Running = new(new RunningState(At), null, null);

    private static ContainerStateDetail Waits(string? reason, string? message = null) => new(null, new WaitingDetail(reason, message), null);

    private static ContainerStateDetail Ended(int code, string? reason = null) => new(null, null, new TerminatedDetail(code, reason, At));

    private static Queried<ExplainedPod> Pod(
        ContainerStateDetail? state = null, string? role = "web", string? container = Container, string? ip = "10.1.0.5", string phase = "Pending", string? deleted = null,
        string[]? containers = null, InitContainerDetail[]? others = null, ContainerStateDetail? last = null, PodCondition? condition = null,
        string? restartPolicy = null)
    {
        state ??= Running;
        var annotations = new Dictionary<string, string>();
        if (role is not null) annotations[PodEligibility.RoleAnnotation] = role;
        if (container is not null) annotations[PodEligibility.ContainerAnnotation] = container;
        return new Queried<ExplainedPod>.Found(new ExplainedPod(
            new PodObject(
                new PodMetadata("web-0", "apps", "uid-1", "7", deleted, annotations),
                new PodSpecification("node-1", [.. (containers ?? [Container]).Select(name => new NamedContainer(name))]),
                new PodStatus(phase, ip, [new ContainerStatus(Container, ContainerId, 0, new ContainerState(state.Running))])),
            new PodDetail(new PodDetailStatus(condition is null ? [] : [condition], [.. others ?? [], new InitContainerDetail(Container, last is null ? 0 : 1, state, last)]),
                new PodDetailSpecification([new ContainerDetail(Container, restartPolicy)], []))));
    }

    private static RunDocument Run(
        string state = "issuing", string? error = null, string uid = "uid-1", string run = ContainerId, string? outcome = null, int attempts = 3, DateTimeOffset? ended = null, string? code = null) =>
        new(uid, $"{uid}/{run}", "web", state, attempts, error, code, At.UtcDateTime, ended?.UtcDateTime, outcome, "akka.tcp://c@10.0.0.1:2552");

    private static Queried<PodDocument> History(params RunDocument[] runs) => new Queried<PodDocument>.Found(new PodDocument("apps", "web-0", runs, 0, []));

    private static Queried<MembersDocument> Cluster(string? oldest = "a", params string[] unreachable) =>
        new Queried<MembersDocument>.Found(new MembersDocument("a", oldest, oldest, new Dictionary<string, string>(), [.. unreachable.Select(node => new UnreachableDocument(node, ["a"]))], []));

    private static WatchedPods Watches(string scope, string? labels = null) => new(WatchScope.Parse(scope), labels);

    private static PodFacts Facts(Queried<ExplainedPod> pod, Queried<PodDocument>? history = null, WatchedPods? watched = null, bool? selected = null, Queried<MembersDocument>? cluster = null) =>
        new("apps", "web-0", pod, history ?? History(), cluster ?? Cluster(), watched ?? Watches("apps"), selected);

    private static void Finds(PodFacts facts, int exitCode, params string[] codes)
    {
        var explanation = new Explanation("apps", "web-0", PodExplanation.Of(facts));
        Assert.Equal((string.Join(' ', codes), exitCode), (string.Join(' ', explanation.Findings.Select(finding => finding.Code)), explanation.ExitCode));
        Assert.All(explanation.Findings, finding =>
        {
            Assert.EndsWith(".", finding.Sentence, StringComparison.Ordinal);
            // A problem always comes with the advice how to solve it.
            if (finding.Kind == FindingKind.Problem) Assert.NotEmpty(finding.WhatToDo);
        });
    }

    [Fact]
    public void A_pod_that_does_not_exist() => Finds(Facts(new Queried<ExplainedPod>.Absent()), 1, "pod-missing");

    [Theory]
    [InlineData("ended", null, "delivered", "it got its secret")]
    [InlineData("waiting", "no route", null, "in state waiting, with the error: no route")]
    public void A_pod_that_does_not_exist_any_more_and_that_the_controllers_remember(string state, string? error, string? outcome, string expected)
    {
        var facts = Facts(new Queried<ExplainedPod>.Absent(), History(Run(state, error, outcome: outcome)));
        Finds(facts, 1, "pod-missing", "known-earlier");
        Assert.Contains(expected, PodExplanation.Of(facts)[1].Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, Container, "pod.boostport.com/vault-approle")]
    [InlineData("web", null, "pod.boostport.com/vault-init-container")]
    [InlineData("", Container, "pod.boostport.com/vault-approle")]
    [InlineData(null, null, "pod.boostport.com/vault-approle and pod.boostport.com/vault-init-container")]
    public void Annotations_that_are_missing_are_named(string? role, string? container, string expected)
    {
        var facts = Facts(Pod(role: role, container: container));
        Finds(facts, 1, "not-annotated");
        Assert.EndsWith($" {expected}.", PodExplanation.Of(facts)[0].Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_container_that_the_pod_does_not_have_and_those_that_it_has()
    {
        var facts = Facts(Pod(container: "instal", containers: ["first", Container]));
        Finds(facts, 1, "wrong-annotation");
        Assert.Contains("names instal, and the pod has no such container (init containers: first, install; containers: none)", PodExplanation.Of(facts)[0].Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_no_role_can_have() => Finds(Facts(Pod(role: "a//b")), 1, "wrong-annotation");

    [Theory]
    [InlineData("Succeeded")]
    [InlineData("Failed")]
    public void A_pod_that_has_ended(string phase) => Finds(Facts(Pod(phase: phase)), 1, "pod-ended");

    [Fact]
    public void A_pod_that_is_being_deleted() => Finds(Facts(Pod(deleted: "2026-11-24T00:00:00Z")), 1, "pod-deleted");

    [Fact]
    public void A_namespace_that_is_not_watched() => Finds(Facts(Pod(), History(Run()), Watches("other")), 1, "namespace-not-watched", "in-progress");

    [Fact]
    public void All_that_is_wrong_is_said_at_once() =>
        Finds(Facts(Pod(role: null), watched: Watches("~^team-", "app=x"), selected: false), 1, "not-annotated", "namespace-not-watched", "labels-not-watched");

    [Fact]
    public void Without_a_configuration_it_is_said_that_the_namespace_was_not_checked() =>
        Finds(Facts(Pod(), History(Run())) with { Watched = null }, 0, "namespace-unchecked", "in-progress");

    [Theory]
    [InlineData(true, 0, "in-progress")]
    [InlineData(false, 1, "labels-not-watched in-progress")]
    [InlineData(null, 0, "labels-unchecked in-progress")]
    public void Labels(bool? selected, int exitCode, string codes) =>
        Finds(Facts(Pod(), History(Run()), Watches("apps", "app=x"), selected), exitCode, codes.Split(' '));

    [Fact]
    public void A_pod_that_no_node_runs()
    {
        var facts = Facts(Pod(state: Waits(null), condition: new PodCondition("PodScheduled", "False", "Unschedulable", "0/3 nodes are available")));
        Finds(facts, 1, "not-scheduled");
        Assert.Contains("0/3 nodes are available", PodExplanation.Of(facts)[0].Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PodInitializing", 0)]
    [InlineData("ContainerCreating", 0)]
    [InlineData(null, 0)]
    [InlineData("ImagePullBackOff", 1)]
    [InlineData("CreateContainerConfigError", 1)]
    public void An_init_container_that_does_not_run_and_why(string? reason, int exitCode)
    {
        var facts = Facts(Pod(state: Waits(reason, "because")));
        Finds(facts, exitCode, "container-not-running");
        Assert.Contains(reason ?? "has not started it", PodExplanation.Of(facts)[0].Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void An_init_container_whose_turn_it_is_not_yet()
    {
        var facts = Facts(Pod(state: Waits("PodInitializing"), containers: ["first", Container], others: [new InitContainerDetail("first", 0, Running, null)]));
        Finds(facts, 0, "container-not-running");
        Assert.Contains("first comes before it", PodExplanation.Of(facts)[0].Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_crashes_again_and_again_and_how_it_ended_last() =>
        Finds(Facts(Pod(state: Waits("CrashLoopBackOff", "back-off 5m0s"), last: Ended(2))), 1, "container-not-running", "container-failed");

    [Fact]
    public void One_that_has_ended_with_0_has_its_secret_and_nothing_else_matters() =>
        Finds(Facts(Pod(state: Ended(0), phase: "Succeeded"), watched: Watches("other")), 0, "has-secret");

    [Theory]
    [InlineData(1, null, "within TIMEOUT")]
    [InlineData(2, null, "environment variables are wrong")]
    [InlineData(143, null, "asked to stop")]
    [InlineData(137, "OOMKilled", "more memory")]
    [InlineData(127, null, "is it our image?")]
    public void One_that_has_ended_otherwise_and_what_its_exit_code_means(int code, string? reason, string expected)
    {
        var facts = Facts(Pod(state: Ended(code, reason)));
        Finds(facts, 1, "container-failed");
        Assert.Contains(expected, PodExplanation.Of(facts)[0].WhatToDo, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pod_without_an_address() => Finds(Facts(Pod(ip: null)), 0, "no-ip");

    [Fact]
    public void A_run_that_the_controllers_do_not_know() => Finds(Facts(Pod()), 1, "unknown-to-controllers");

    [Theory]
    [InlineData("uid-0", ContainerId)]
    [InlineData("uid-1", "containerd://0")]
    public void They_know_only_an_earlier_one(string uid, string run)
    {
        var facts = Facts(Pod(), History(Run("ended", outcome: "delivered", uid: uid, run: run)));
        Finds(facts, 1, "unknown-to-controllers");
        Assert.Contains("only of an earlier one", PodExplanation.Of(facts)[0].Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_leads() => Finds(Facts(Pod(), cluster: Cluster(null)), 1, "no-leader", "unknown-to-controllers");

    [Fact]
    public void A_controller_that_the_others_do_not_reach() => Finds(Facts(Pod(), History(Run()), cluster: Cluster("a", "b")), 1, "member-unreachable", "in-progress");

    [Fact]
    public void A_controller_that_did_not_answer_in_time() =>
        Finds(Facts(Pod(), new Queried<PodDocument>.Found(new PodDocument("apps", "web-0", [Run()], 0, ["b"]))), 0, "member-silent", "in-progress");

    [Fact]
    public void No_controller_could_be_asked() =>
        Finds(Facts(Pod(), new Queried<PodDocument>.Failed("refused"), cluster: new Queried<MembersDocument>.Failed("refused")), 3, "controllers-unasked");

    [Fact]
    public void The_pod_could_not_be_read_and_the_controllers_know_what_is_wrong() =>
        Finds(Facts(new Queried<ExplainedPod>.Failed("403"), History(Run("waiting", "words", code: "vault-403"))), 1, "pod-unread", "role-refused");

    [Fact]
    public void The_pod_could_not_be_read_and_the_controllers_have_delivered() =>
        Finds(Facts(new Queried<ExplainedPod>.Failed("403"), History(Run("ended", outcome: "delivered", ended: At))), 0, "pod-unread", "delivered");

    [Fact]
    public void Neither_could_be_asked() =>
        Finds(
            Facts(new Queried<ExplainedPod>.Failed("no kubeconfig"), new Queried<PodDocument>.Failed("refused"), cluster: new Queried<MembersDocument>.Failed("refused")),
            3, "pod-unread", "controllers-unasked");

    [Fact]
    public void The_pod_could_not_be_read_and_the_controllers_do_not_know_it() => Finds(Facts(new Queried<ExplainedPod>.Failed("403")), 3, "pod-unread", "unknown-to-controllers");

    [Theory]
    [InlineData("pending")]
    [InlineData("issuing")]
    [InlineData("pushing")]
    [InlineData("waiting")]
    public void In_progress(string state) => Finds(Facts(Pod(), History(Run(state))), 0, "in-progress");

    [Theory]
    [InlineData("delivered", null)]
    [InlineData("ended", "delivered")]
    public void Delivered(string state, string? outcome) => Finds(Facts(Pod(), History(Run(state, outcome: outcome))), 0, "delivered");

    [Theory]
    [InlineData("cancelled", null)]
    [InlineData("ended", "cancelled")]
    public void Cancelled(string state, string? outcome) => Finds(Facts(Pod(), History(Run(state, outcome: outcome))), 1, "cancelled");
}
