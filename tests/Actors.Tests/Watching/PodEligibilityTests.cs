using AkkaVault.Actors.Tests.Shared;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;
using AkkaVault.Controller.Watching;
using AkkaVault.Shared;

namespace AkkaVault.Actors.Tests.Watching;

public class PodEligibilityTests
{
    private static readonly DateTimeOffset Started = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);
    private static readonly WatchScope Everywhere = WatchScope.Parse("~.*");

    private static PodObject Pod(
        string phase = "Pending", string? ip = "10.1.0.5", string annotated = "install", string? containerId = "containerd://1", bool running = true,
        string? deleted = null, string[]? containers = null) => new(
        new PodMetadata("a", "rec", "uid-1", "219", deleted, new() { [PodEligibility.RoleAnnotation] = "sample-app", [PodEligibility.ContainerAnnotation] = annotated }),
        new PodSpecification("node-1", [.. (containers ?? ["install"]).Select(name => new NamedContainer(name))]),
        new PodStatus(phase, ip, [new ContainerStatus("install", containerId, 2, new ContainerState(running ? new RunningState(Started) : null))]));

    [Fact]
    public void A_running_annotated_init_container_is_a_target()
    {
        var target = PodEligibility.Assess(Pod(), Everywhere).Target!;
        Assert.Equal(("uid-1", "containerd://1"), (target.Run.Uid, target.Run.Container));
        Assert.Equal(("rec/a", "10.1.0.5", "sample-app", "node-1", Started), (target.Pod, target.Ip, target.Role, target.Node, target.StartedAt));
    }

    [Fact]
    public void An_ordinary_container_is_a_target_if_the_annotation_names_it()
    {
        var target = PodEligibility.Assess(Sidecar(), Everywhere).Target!;
        Assert.Equal(("uid-1", "containerd://2", "10.1.0.5", Started), (target.Run.Uid, target.Run.Container, target.Ip, target.StartedAt));
        Assert.Equal("1@" + Started.ToString("O"), PodEligibility.Assess(Sidecar(containerId: null), Everywhere).Target!.Run.Container);
    }

    [Fact]
    public void An_init_container_of_the_name_comes_first()
    {
        var both = Pod(annotated: "install") with { Spec = new PodSpecification("node-1", [new NamedContainer("install")], [new NamedContainer("install")]) };
        both = both with { Status = both.Status! with { ContainerStatuses = [new ContainerStatus("install", "containerd://2", 0, new ContainerState(new RunningState(Started)))] } };
        Assert.Equal("containerd://1", PodEligibility.Assess(both, Everywhere).Target!.Run.Container);
    }

    private static PodObject Sidecar(string? containerId = "containerd://2", bool running = true) => Pod(phase: "Running", annotated: "sidecar") with
    {
        Spec = new PodSpecification("node-1", [new NamedContainer("install")], [new NamedContainer("app"), new NamedContainer("sidecar")]),
        Status = new PodStatus(
            "Running", "10.1.0.5", [new ContainerStatus("install", "containerd://1", 0, new ContainerState(null))],
            [
                new ContainerStatus("app", "containerd://3", 0, new ContainerState(new RunningState(Started))),
                new ContainerStatus("sidecar", containerId, 1, new ContainerState(running ? new RunningState(Started) : null)),
            ]),
    };

    // Kubelets 1.28 to 1.31 keep Running while init containers run again.
    [Fact]
    public void A_pod_in_phase_Running_is_one_as_well() => Assert.NotNull(PodEligibility.Assess(Pod(phase: "Running"), Everywhere).Target);

    [Fact]
    public void Without_a_container_id_the_restart_tells_the_runs_apart() =>
        Assert.Equal($"2@{Started:O}", PodEligibility.Assess(Pod(containerId: ""), Everywhere).Target!.Run.Container);

    [Fact]
    public void White_space_around_an_annotation_makes_no_difference_and_in_it_is_shown()
    {
        static ObservedPod Seen(string role, string container) => PodEligibility.Assess(
            Pod() with { Metadata = Pod().Metadata with { Annotations = new() { [PodEligibility.RoleAnnotation] = role, [PodEligibility.ContainerAnnotation] = container } } }, Everywhere);

        foreach (var blank in SettingTextTests.Invisible.Append(" "))
        {
            Assert.Equal("sample-app", Seen($"{blank}sample-app{blank}", $"{blank}install{blank}").Target!.Role);
            Assert.Contains($"is \"sample{SettingText.Visible(blank)}app\", which is not a valid AppRole name", Seen($"sample{blank}app", "install").NoTargetReason, StringComparison.Ordinal);
            Assert.Contains($"names in{SettingText.Visible(blank)}stall, and the pod has no such", Seen("sample-app", $"in{blank}stall").NoTargetReason, StringComparison.Ordinal);
            Assert.StartsWith("it lacks the annotations", Seen(blank, "install").NoTargetReason, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Running", 0, "containerd://1", true)]
    [InlineData("Succeeded", 0, "containerd://1", true)]
    [InlineData("Pending", 1, "containerd://1", false)]
    [InlineData("Running", 0, "", false)]
    public void An_init_container_that_exited_with_0_has_completed_its_run(string phase, int exitCode, string containerId, bool completed)
    {
        var pod = Pod(phase) with { Status = new PodStatus(phase, "10.1.0.5", [new ContainerStatus("install", containerId, 2, new ContainerState(null, new TerminatedState(exitCode)))]) };
        Assert.Equal(completed ? new RunId("uid-1", containerId) : null, PodEligibility.Assess(pod, Everywhere).CompletedRun);
    }

    [Fact]
    public void An_ordinary_container_that_exited_with_0_was_a_sidecar() =>
        Assert.Null(PodEligibility.Assess(Sidecar() with { Status = new PodStatus("Running", "10.1.0.5", [], [new ContainerStatus("sidecar", "containerd://2", 0, new ContainerState(null, new TerminatedState(0)))]) }, Everywhere).CompletedRun);

    private static readonly (PodObject Pod, string Reason)[] NotEligible =
    [
        (Pod(running: false), "its init container install is not running"),
        (Sidecar(running: false), "its container sidecar is not running"),
        (Sidecar() with { Status = null }, "its container sidecar is not running"),
        (Pod(ip: null), "it has no IP yet"),
        (Pod(deleted: "2026-11-24T00:00:00Z"), "the pod is being deleted"),
        (Pod(phase: "Succeeded"), "the pod has ended (Succeeded)"),
        (Pod(annotated: "instal"), "annotation pod.boostport.com/vault-init-container names instal, and the pod has no such container (init containers: install; containers: none)"),
        (Pod() with { Metadata = Pod().Metadata with { Annotations = new() { [PodEligibility.RoleAnnotation] = "a//b", [PodEligibility.ContainerAnnotation] = "install" } } }, "annotation pod.boostport.com/vault-approle is \"a//b\", which is not a valid AppRole name (expected letters, digits, _, - and .)"),
        (Pod() with { Metadata = Pod().Metadata with { Annotations = new() { [PodEligibility.RoleAnnotation] = new string('a', 129), [PodEligibility.ContainerAnnotation] = "install" } } }, "annotation pod.boostport.com/vault-approle has 129 characters, expected at most 128"),
        (Pod(containers: []), "annotation pod.boostport.com/vault-init-container names install, and the pod has no such container (init containers: none; containers: none)"),
        (Pod() with { Metadata = new PodMetadata("a", "rec", "uid-1", "1", null, null) }, "it lacks the annotations pod.boostport.com/vault-approle and pod.boostport.com/vault-init-container"),
        (Pod() with { Metadata = Pod().Metadata with { Annotations = new() { [PodEligibility.RoleAnnotation] = "r" } } }, "it lacks the annotations pod.boostport.com/vault-approle and pod.boostport.com/vault-init-container"),
    ];

    [Fact]
    public void Anything_else_is_none_and_says_why() => Assert.All(NotEligible, expected =>
    {
        var seen = PodEligibility.Assess(expected.Pod, Everywhere);
        Assert.Null(seen.Target);
        Assert.Equal(expected.Reason, seen.NoTargetReason);
    });

    [Theory]
    [InlineData("default", "default", true)]
    [InlineData("Default", "default", true)]
    [InlineData("default", "default-2", false)]
    [InlineData("a.b", "axb", false)]
    [InlineData("~^team-", "team-a", true)]
    [InlineData("~^team-", "my-team-a", false)]
    [InlineData("~team", "my-team-a", true)]
    [InlineData("~^Team-", "team-a", true)]
    [InlineData("~^(Blue|GREEN)$", "green", true)]
    [InlineData("~^(Blue|GREEN)$", "greener", false)]
    public void Namespaces_are_matched_whole_or_by_regex(string scope, string name, bool included) => Assert.Equal(included, WatchScope.Parse(scope).Includes(name));
}
