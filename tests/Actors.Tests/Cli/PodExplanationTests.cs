using AkkaVault.Cli.Explaining;
using AkkaVault.Cli.Management;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Shared.Push;

namespace AkkaVault.Actors.Tests.Cli;

/// <summary>From what is known of a pod to why it has no secret.</summary>
public sealed class PodExplanationTests
{
    private const string Container = "install";
    private const string ContainerId = "containerd://1";
    private static readonly DateTimeOffset At = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);
    private static readonly ContainerStateDetail Running = new(new RunningState(At), null, null);

    private static ContainerStateDetail Waits(string? reason, string? message = null) => new(null, new WaitingDetail(reason, message), null);

    private static ContainerStateDetail Ended(int code, string? reason = null) => new(null, null, new TerminatedDetail(code, reason, At));

    private static Look<ObservedPod> Pod(
        ContainerStateDetail? state = null, string? role = "web", string? container = Container, string? ip = "10.1.0.5", string phase = "Pending", string? deleted = null,
        string[]? containers = null, InitContainerDetail[]? others = null, ContainerStateDetail? last = null, PodCondition? condition = null)
    {
        state ??= Running;
        var annotations = new Dictionary<string, string>();
        if (role is not null) annotations[PodEligibility.RoleAnnotation] = role;
        if (container is not null) annotations[PodEligibility.ContainerAnnotation] = container;
        return new Look<ObservedPod>.Found(new ObservedPod(
            new PodDocument(
                new PodMetadata("web-0", "apps", "uid-1", "7", deleted, annotations),
                new PodSpecification("node-1", [.. (containers ?? [Container]).Select(name => new NamedContainer(name))]),
                new PodStatus(phase, ip, [new ContainerStatus(Container, ContainerId, 0, new ContainerState(state.Running))])),
            new PodDetail(new PodDetailStatus(condition is null ? [] : [condition], [.. others ?? [], new InitContainerDetail(Container, last is null ? 0 : 1, state, last)]))));
    }

    private static RunDocument Run(
        string state = "issuing", string? error = null, string uid = "uid-1", string run = ContainerId, string? outcome = null, int attempts = 3, DateTimeOffset? ended = null) =>
        new(uid, $"{uid}/{run}", "web", state, attempts, error, At, ended, outcome, "akka.tcp://c@10.0.0.1:2552");

    private static Look<PodHistoryDocument> History(params RunDocument[] runs) => new Look<PodHistoryDocument>.Found(new PodHistoryDocument("apps", "web-0", runs, []));

    private static Look<MembersDocument> Cluster(string? oldest = "a", params string[] unreachable) =>
        new Look<MembersDocument>.Found(new MembersDocument("a", oldest, oldest, [.. unreachable.Select(node => new UnreachableDocument(node, ["a"]))], []));

    private static KubernetesSettings Watches(string scope, string? labels = null) => new(WatchScope.Parse(scope), "kubernetes-vault", "kubernetes-vault", labels);

    private static PodFacts Facts(Look<ObservedPod> pod, Look<PodHistoryDocument>? history = null, KubernetesSettings? settings = null, bool? selected = null, Look<MembersDocument>? cluster = null) =>
        new("apps", "web-0", pod, history ?? History(), cluster ?? Cluster(), settings ?? Watches("apps"), selected);

    private static void Finds(PodFacts facts, int exitCode, params string[] codes)
    {
        var explanation = new Explanation("apps", "web-0", PodExplanation.Of(facts));
        Assert.Equal((string.Join(' ', codes), exitCode), (string.Join(' ', explanation.Findings.Select(finding => finding.Code)), explanation.ExitCode));
        Assert.All(explanation.Findings, finding =>
        {
            Assert.EndsWith(".", finding.Sentence, StringComparison.Ordinal);
            // What is wrong can be mended, and how is said.
            if (finding.Kind == FindingKind.Problem) Assert.NotEmpty(finding.WhatToDo);
        });
    }

    [Fact]
    public void A_pod_that_does_not_exist() => Finds(Facts(new Look<ObservedPod>.Absent()), 1, "pod-missing");

    [Theory]
    [InlineData("ended", null, "delivered", "it got its secret")]
    [InlineData("waiting", "no route", null, "in state waiting, with the error: no route")]
    public void A_pod_that_does_not_exist_any_more_and_that_the_controllers_remember(string state, string? error, string? outcome, string expected)
    {
        var facts = Facts(new Look<ObservedPod>.Absent(), History(Run(state, error, outcome: outcome)));
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
        Assert.Contains("names instal, and the pod has no such init container (it has: first, install)", PodExplanation.Of(facts)[0].Sentence, StringComparison.Ordinal);
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
    public void A_namespace_that_is_not_watched() => Finds(Facts(Pod(), History(Run()), Watches("other")), 1, "namespace-not-watched", "in-hand");

    [Fact]
    public void All_that_is_wrong_is_said_at_once() =>
        Finds(Facts(Pod(role: null), settings: Watches("~^team-", "app=x"), selected: false), 1, "not-annotated", "namespace-not-watched", "labels-not-watched");

    [Fact]
    public void Without_a_configuration_it_is_said_that_the_namespace_was_not_checked() =>
        Finds(Facts(Pod(), History(Run())) with { Settings = null }, 0, "namespace-unchecked", "in-hand");

    [Theory]
    [InlineData(true, 0, "in-hand")]
    [InlineData(false, 1, "labels-not-watched in-hand")]
    [InlineData(null, 0, "labels-unchecked in-hand")]
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
        Finds(Facts(Pod(state: Ended(0), phase: "Succeeded"), settings: Watches("other")), 0, "has-secret");

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
    public void A_controller_that_the_others_do_not_reach() => Finds(Facts(Pod(), History(Run()), cluster: Cluster("a", "b")), 1, "member-unreachable", "in-hand");

    [Fact]
    public void A_controller_that_did_not_answer_in_time() =>
        Finds(Facts(Pod(), new Look<PodHistoryDocument>.Found(new PodHistoryDocument("apps", "web-0", [Run()], ["b"]))), 0, "member-silent", "in-hand");

    [Fact]
    public void No_controller_could_be_asked() =>
        Finds(Facts(Pod(), new Look<PodHistoryDocument>.Failed("refused"), cluster: new Look<MembersDocument>.Failed("refused")), 3, "controllers-unasked");

    [Fact]
    public void The_pod_could_not_be_read_and_the_controllers_know_what_is_wrong() =>
        Finds(Facts(new Look<ObservedPod>.Failed("403"), History(Run("waiting", "PUT auth/approle/role/web/secret-id: 403: permission denied"))), 1, "pod-unread", "role-refused");

    [Fact]
    public void The_pod_could_not_be_read_and_the_controllers_have_delivered() =>
        Finds(Facts(new Look<ObservedPod>.Failed("403"), History(Run("ended", outcome: "delivered", ended: At))), 0, "pod-unread", "delivered");

    [Fact]
    public void Neither_could_be_asked() =>
        Finds(
            Facts(new Look<ObservedPod>.Failed("no kubeconfig"), new Look<PodHistoryDocument>.Failed("refused"), cluster: new Look<MembersDocument>.Failed("refused")),
            3, "pod-unread", "controllers-unasked");

    [Fact]
    public void The_pod_could_not_be_read_and_the_controllers_do_not_know_it() => Finds(Facts(new Look<ObservedPod>.Failed("403")), 3, "pod-unread", "unknown-to-controllers");

    [Theory]
    [InlineData("accepted")]
    [InlineData("issuing")]
    [InlineData("pushing")]
    [InlineData("waiting")]
    public void In_hand(string state) => Finds(Facts(Pod(), History(Run(state))), 0, "in-hand");

    [Theory]
    [InlineData("delivered", null)]
    [InlineData("ended", "delivered")]
    public void Delivered(string state, string? outcome) => Finds(Facts(Pod(), History(Run(state, outcome: outcome))), 0, "delivered");

    [Theory]
    [InlineData("dropped", null)]
    [InlineData("ended", "gone")]
    public void Given_up(string state, string? outcome) => Finds(Facts(Pod(), History(Run(state, outcome: outcome))), 1, "dropped");

    [Theory]
    [InlineData("PUT auth/approle/role/web/secret-id: 403: 1 error occurred: * permission denied", "role-refused")]
    [InlineData("PUT auth/approle/role/web/secret-id: 404", "role-missing")]
    [InlineData("PUT auth/approle/role/web/secret-id: 400: failed", "role-unfit")]
    [InlineData("PUT auth/approle/role/web/secret-id: 429: over quota", "vault-throttled")]
    [InlineData("PUT auth/approle/role/web/secret-id: 500: internal error", "vault-failing")]
    [InlineData("PUT auth/approle/role/web/secret-id: 503: error performing token check: Vault is sealed", "vault-sealed")]
    [InlineData("PUT auth/approle/role/web/secret-id: the controller's Vault token is lost, or that could not be ruled out", "token-lost")]
    [InlineData("PUT auth/approle/role/web/secret-id: cannot reach Vault at http://vault:8200/: Connection refused (vault:8200)", "vault-unreachable")]
    [InlineData("PUT auth/approle/role/web/secret-id: Vault at http://vault:8200/ did not answer within 10s", "vault-unreachable")]
    [InlineData("PUT auth/approle/role/web/secret-id: cannot reach Vault at https://vault:8200/: The SSL connection could not be established (Vault presented the certificate …; it is not trusted: it does not chain)", "vault-untrusted")]
    [InlineData("the wrapping token was all but expired when Vault answered", "wrapping-too-short")]
    [InlineData($"the init container answered 502 ({PushRejection.LoginRefused})", "login-refused")]
    [InlineData($"the init container answered 502 ({PushRejection.LoginFailed})", "pod-cannot-reach-vault")]
    [InlineData($"the init container answered 503 ({PushRejection.VaultUnavailable})", "pod-cannot-reach-vault")]
    [InlineData($"the init container answered 500 ({PushRejection.WriteFailed})", "write-failed")]
    [InlineData($"the init container answered 409 ({PushRejection.WrappingTokenInvalid})", "wrapping-token-used")]
    [InlineData($"the init container answered 403 ({PushRejection.WrappingTokenForeign})", "wrapping-token-foreign")]
    [InlineData($"the init container answered 400 ({PushRejection.ExpiredToken})", "expired-token")]
    [InlineData($"the init container answered 403 ({PushRejection.VaultNotExpected})", "vault-not-expected")]
    [InlineData($"the init container answered 500 ({PushRejection.InternalError})", "init-container-failed")]
    [InlineData("the init container answered 404", "push-refused")]
    [InlineData("Connection refused (10.1.0.5:50000)", "not-listening")]
    [InlineData("no answer within 30s", "no-answer")]
    [InlineData("no answer to the connection within 3s: packets are dropped, by a NetworkPolicy or a firewall", "no-answer")]
    [InlineData("No route to host (10.1.0.5:50000)", "no-answer")]
    [InlineData("The SSL connection could not be established, see inner exception.", "not-tls")]
    [InlineData("something new", "delivery-failed")]
    public void Why_a_delivery_fails(string error, string code)
    {
        var facts = Facts(Pod(), History(Run("waiting", error)));
        Finds(facts, 1, code);
        Assert.Contains(error.TrimEnd('.'), PodExplanation.Of(facts)[0].Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PUT auth/approle/role/web/secret-id: 403: permission denied", "Grant update on auth/approle/role/web/secret-id in")]
    [InlineData("PUT auth/team/apps/role/web/secret-id: 403: permission denied", "Grant update on auth/team/apps/role/web/secret-id in")]
    [InlineData("PUT auth/team/role/apps/role/web/secret-id: 403: permission denied", "Grant update on auth/team/role/apps/role/web/secret-id in")]
    [InlineData("PUT auth/team/apps/role/web/secret-id: 400: failed", "vault read auth/team/apps/role/web.")]
    [InlineData("secret-id: 403: permission denied", "Grant update on auth/approle/role/web/secret-id in")]
    public void What_is_to_be_granted_or_read_is_where_the_controllers_have_asked(string error, string expected) =>
        Assert.Contains(expected, PodExplanation.Of(Facts(Pod(), History(Run("waiting", error))))[0].WhatToDo, StringComparison.Ordinal);
}
