namespace AkkaVault.EndToEnd.Tests.Helm;

/// <summary>The chart takes over an installation from the manifests.</summary>
public sealed class HelmTakeoverTests(HelmCluster cluster) : IClassFixture<HelmCluster>
{
    [SkippableFact]
    public async Task A_release_takes_over_what_kubectl_has_applied()
    {
        Skip.If(HelmCluster.Missing is not null, HelmCluster.Missing);
        await cluster.KubectlAsync("create", "namespace", HelmProgram.Release);
        var overlay = await Manifests.Overlay.RenderAsync("overlays/secured");
        // kube-apiserver 1.20 has no policy/v1. The fields of v1beta1 are the same.
        await cluster.KubectlAsync("apply", "--server-side", "--force-conflicts", "-f", cluster.Program.Values(overlay.Yaml.Replace("apiVersion: policy/v1\n", "apiVersion: policy/v1beta1\n", StringComparison.Ordinal)));
        var before = await cluster.ObjectsAsync();

        var folder = HelmPageTests.Prepare(cluster, await File.ReadAllTextAsync(HelmProgram.ValuesOf("secured")));
        await cluster.ShellAsync(folder, HelmPageTests.CommandsOf($"{nameof(HelmTakeoverTests)}.{nameof(A_release_takes_over_what_kubectl_has_applied)}").Single());
        var after = await cluster.ObjectsAsync();
        Assert.Empty(before.Except(after));
        Assert.Equal(["ConfigMap kubernetes-vault/kubernetes-vault", "Secret kubernetes-vault/sh.helm.release.v1.kubernetes-vault.v1"], after.Except(before).Where(item => !item.StartsWith("ControllerRevision", StringComparison.Ordinal)));
        Assert.Equal("kubernetes-vault", (string)(await cluster.StatefulSetAsync())["template"]!["spec"]!["volumes"]!.AsArray().Single(volume => (string?)volume!["name"] == "config")!["configMap"]!["name"]!);
    }
}
