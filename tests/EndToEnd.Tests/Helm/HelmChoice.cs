using AkkaVault.EndToEnd.Tests.Manifests;

namespace AkkaVault.EndToEnd.Tests.Helm;

/// <summary>One choice, as a kustomization over <c>k8s/</c> and as values of the chart.</summary>
/// <param name="Kustomization">A kustomization for a folder beside <c>base</c>.</param>
/// <param name="Values">A file of values in the chart's <c>ci</c>, and more values.</param>
/// <param name="Files">The other files of that folder.</param>
internal sealed record HelmChoice(string Kustomization, (string Overlay, string More) Values, IReadOnlyDictionary<string, string>? Files = null)
{
    private const string QuickStart = "quick-start";
    private const string Secured = "secured";

    private const string Monitored = "monitoring: {serviceMonitor: {enabled: true}, podMonitor: {enabled: true}, prometheusRule: {enabled: true}, dashboard: {enabled: true}}";

    private const string OwnConfiguration = """
        configMapGenerator:
          - {name: kubernetes-vault, namespace: kubernetes-vault, behavior: replace, files: [kubernetes-vault.yml]}
        """;

    public static IReadOnlyDictionary<string, HelmChoice> All { get; } = new Dictionary<string, HelmChoice>
    {
        ["quick start"] = new("resources: [../overlays/quick-start]", (QuickStart, "")),
        ["secured"] = new("resources: [../overlays/secured]", (Secured, "")),
        ["monitoring"] = new("resources: [../overlays/quick-start, ../monitoring/plain, ../monitoring/sidecars]", (QuickStart, Monitored)),
        ["secured monitoring"] = new("resources: [../overlays/secured, ../monitoring/secured, ../monitoring/sidecars]", (Secured, Monitored)),
        ["Petabridge.Cmd"] = new("{resources: [../overlays/quick-start], components: [../components/pbm]}", (QuickStart, "petabridgeCmd: {enabled: true}")),
        ["image"] = new(
            """
            resources: [../overlays/quick-start]
            images: [{name: akkavault-controller, newName: registry.example.org/team/controller, newTag: "1.10"}]
            """,
            (QuickStart, """image: {registry: registry.example.org/team, repository: controller, tag: "1.10"}""")),
        ["another namespace, and the lease"] = new(
            $"resources: [../base, lease.yaml, ./watched]\n{OwnConfiguration}",
            (QuickStart, "config: {kubernetes: {watchNamespace: team-blue}, cluster: {downing: lease-majority}}"),
            new Dictionary<string, string>(Written("vault.addr: http://vault.vault.svc:8200", "kubernetes.watchNamespace: team-blue", "cluster.replicas: 3", "cluster.downing: lease-majority"))
            {
                ["lease.yaml"] = File.ReadAllText(Path.Combine(Kubectl.Manifests, "rbac", "lease.yaml")),
                ["watched/kustomization.yaml"] = "{resources: [../../rbac/one-namespace], namespace: team-blue}",
            }),
        ["one replica"] = new(
            $$"""
            resources: [../overlays/quick-start]
            replicas: [{name: kubernetes-vault, count: 1}]
            patches:
              - patch: '{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: kubernetes-vault, namespace: kubernetes-vault}, $patch: delete}'
            {{OwnConfiguration}}
            """,
            (QuickStart, "replicas: 1"),
            Written("vault.addr: http://vault.vault.svc:8200", "kubernetes.watchNamespace: default", "cluster.replicas: 1")),
        ["no network policy, five replicas"] = new(
            $$"""
            resources: [../overlays/quick-start]
            replicas: [{name: kubernetes-vault, count: 5}]
            patches:
              - patch: '{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: kubernetes-vault, namespace: kubernetes-vault}, $patch: delete}'
              - patch: '{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: kubernetes-vault, namespace: kubernetes-vault}, spec: { maxUnavailable: 2 } }'
            {{OwnConfiguration}}
            """,
            (QuickStart, "{replicas: 5, networkPolicy: {enabled: false}}"),
            Written("vault.addr: http://vault.vault.svc:8200", "kubernetes.watchNamespace: default", "cluster.replicas: 5")),
    };

    public async Task<Overlay> KustomizeAsync()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Kubectl.Manifests, $"helm-{Guid.NewGuid():N}"));
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "kustomization.yaml"), Kustomization);
            foreach (var (name, text) in Files ?? new Dictionary<string, string>())
            {
                var file = Path.Combine(folder.FullName, name);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                await File.WriteAllTextAsync(file, text);
            }

            return await Overlay.RenderAsync(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public Task<Overlay> TemplateAsync(HelmProgram helm) => helm.TemplateAsync(HelmProgram.ValuesOf(Values.Overlay), helm.Values(Values.More));

    // kubernetes-vault.yml may also have keys with dots. The test compares the content.
    private static Dictionary<string, string> Written(params string[] lines) => new()
    {
        ["kubernetes-vault.yml"] = string.Join('\n', [
            .. lines, "vault.tokenFile: /var/run/secrets/vault/token", "kubernetes.serviceNamespace: $POD_NAMESPACE", "kubernetes.service: kubernetes-vault",
            "cluster.hostname: $POD_IP", "management.address: 0.0.0.0:8558", "metrics.address: 0.0.0.0:9102", "state.store: kubernetes",
        ]),
    };
}
