using AkkaVault.Cli.Checking;
using AkkaVault.Controller.Configuration;

namespace AkkaVault.Actors.Tests.Cli;

/// <summary>The rights in Vault and Kubernetes that a configuration needs, and the findings from the answers to the checks.</summary>
public sealed class RightsTests
{
    private static ControllerConfiguration Read(string watch = "apps", string more = "", string metrics = "")
    {
        var result = ConfigurationReader.Read(
            $$"""
            vault: {addr: "http://vault:8200", token: s.x, approlePath: team/apps}
            kubernetes: {watchNamespace: "{{watch}}", serviceNamespace: own, service: kv}
            {{metrics}}
            {{more}}
            """,
            _ => null);
        return result.Configuration ?? throw new InvalidOperationException(string.Join('\n', result.Problems));
    }

    private static string[] Needs(ControllerConfiguration configuration) => [.. KubernetesRights.Of(configuration).Select(KubernetesRights.NameOf)];

    [Fact]
    public void One_controller_that_watches_one_namespace_needs_no_more_than_its_pods() =>
        Assert.Equal(["RBAC: list pods in apps", "RBAC: watch pods in apps", "RBAC: create events in apps"], Needs(Read()));

    [Fact]
    public void A_regular_expression_needs_the_pods_of_all_namespaces() => Assert.Contains("RBAC: watch pods in all namespaces", Needs(Read("~^team-")));

    [Fact]
    public void Several_controllers_need_one_another_their_ledger_and_their_lease()
    {
        var needs = Needs(Read(more: "cluster: {hostname: 10.0.0.1, replicas: 3, downing: lease-majority}\nstate: {store: kubernetes}"));
        Assert.Equal(
        [
            "RBAC: list endpointslices in own", "RBAC: get endpoints/kv in own",
            "RBAC: get leases/kv-akka-sbr in own", "RBAC: update leases/kv-akka-sbr in own", "RBAC: create leases in own",
            "RBAC: get configmaps/kv-ledger in own", "RBAC: update configmaps/kv-ledger in own", "RBAC: create configmaps in own",
        ], needs[3..]);
    }

    [Theory]
    [InlineData(true, null, nameof(CheckResult.Ok))]
    [InlineData(true, "nobody is told", nameof(CheckResult.Ok))]
    [InlineData(false, null, nameof(CheckResult.Failed))]
    [InlineData(false, "nobody is told", nameof(CheckResult.Skipped))]
    public void What_is_not_granted_fails_unless_the_controller_does_without_it(bool allowed, string? without, string expected)
    {
        var right = new KubernetesRight("create", "", "events", "apps", "", "one-namespace/role.yaml", without);
        var check = KubernetesRights.Judge(right, allowed ? new HashSet<KubernetesRight> { right } : []);
        Assert.Equal((expected, allowed), ($"{check.Result}", check.WhatToDo.Length == 0));
    }

    [Theory]
    [InlineData("endpointslices endpoints", nameof(CheckResult.Ok), nameof(CheckResult.Ok))]
    [InlineData("endpointslices", nameof(CheckResult.Ok), nameof(CheckResult.Skipped))]
    [InlineData("endpoints", nameof(CheckResult.Skipped), nameof(CheckResult.Ok))]
    [InlineData("", nameof(CheckResult.Failed), nameof(CheckResult.Skipped))]
    public void Endpoints_do_where_slices_may_not_be_listed_as_with_the_originals_rights(string granted, string slices, string endpoints)
    {
        var rights = KubernetesRights.Of(Read(more: "cluster: {hostname: 10.0.0.1}"));
        var those = rights.Where(right => granted.Split(' ').Contains(right.Resource)).ToHashSet();
        Assert.Equal((slices, endpoints), (Result("endpointslices"), Result("endpoints")));

        string Result(string resource) => $"{KubernetesRights.Judge(rights.Single(right => right.Resource == resource), those).Result}";
    }

    [Fact]
    public void The_policy_covers_the_roles_at_their_mount_and_the_certificates()
    {
        var rights = VaultRights.Of(Read(
            metrics: """prometheus: {tls: {vaultCertBackend: pki, vaultCertRole: metrics}}""",
            more: "cluster: {hostname: 10.0.0.1, tls: {vaultCertBackend: cluster-ca, vaultCertRole: node, vaultCABackends: [cluster-ca]}}"), ["web", "db"]);
        Assert.Equal(
        [
            "update auth/team/apps/role/web/secret-id", "update auth/team/apps/role/db/secret-id", "read auth/token/lookup-self", "update auth/token/renew-self",
            "update auth/token/revoke-accessor", "update cluster-ca/issue/node", "update pki/issue/metrics",
        ], rights.Select(right => $"{right.Capability} {right.Path}"));
    }

    [Theory]
    [InlineData("update", nameof(CheckResult.Ok))]
    [InlineData("root", nameof(CheckResult.Ok))]
    [InlineData("create read", nameof(CheckResult.Failed))]
    [InlineData("deny", nameof(CheckResult.Failed))]
    [InlineData("", nameof(CheckResult.Failed))]
    public void Capabilities(string granted, string expected)
    {
        var check = Assert.Single(VaultRights.Judge(
            [new VaultRight("a/b", "update")], new Dictionary<string, IReadOnlyList<string>> { ["a/b"] = granted.Split(' ', StringSplitOptions.RemoveEmptyEntries) }));
        Assert.Equal(expected, $"{check.Result}");
        if (check.Result == CheckResult.Failed) Assert.Equal("""path "a/b" { capabilities = ["update"] } in the controllers' policy.""", check.WhatToDo);
    }
}
