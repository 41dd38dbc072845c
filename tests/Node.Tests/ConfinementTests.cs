namespace AkkaVault.Node.Tests;

/// <summary>What the manifests ask of security contexts is what the kernel applies.</summary>
[Collection(NodeCollection.Name)]
public sealed class ConfinementTests(KubernetesNode node)
{
    [SkippableFact]
    public async Task Controllers_run_without_rights_as_their_own_user_on_a_read_only_root()
    {
        node.Need();
        await node.QuickStartAsync();
        var pods = await node.ListAsync("kubernetes-vault", "pods");
        Assert.Equal(3, pods.Count);
        foreach (var pod in pods)
        {
            var process = ContainerProcess.Of(pod, "controller");
            IsConfined(process, 1654);
            // The Secret belongs to the group that fsGroup names, and nobody else may read it.
            Assert.Contains(1654, process.Groups);
            var token = process.PathOf("/var/run/secrets/vault/token");
            Assert.Equal("440 1654", (await node.RunAsync("stat", "-L", "-c", "%a %g", token)).Trim());
            Assert.Contains("ro", process.Mount("/var/run/secrets/vault").Split(','));
        }
    }

    [SkippableFact]
    public async Task An_init_container_and_its_application_run_without_rights()
    {
        node.Need();
        await node.QuickStartAsync();
        foreach (var pod in await node.ListAsync("default", "pods", "-l", "app.kubernetes.io/name=sample-app")) IsConfined(ContainerProcess.Of(pod, "app"), 65532);

        await using var waiting = await node.StartUnservedPodAsync("confined");
        IsConfined(ContainerProcess.Of(await waiting.GetAsync(), "install"), 65532);
    }

    private static void IsConfined(ContainerProcess process, int user)
    {
        Assert.All(process.Users, id => Assert.Equal(user, id));
        Assert.All(process.Groups, id => Assert.Equal(user, id));
        Assert.All(process.Capabilities, set => Assert.Equal(0UL, set));
        Assert.True(process.HasNoNewPrivileges);
        Assert.True(process.HasSeccompFilter);
        Assert.True(process.HasReadOnlyRoot);
    }
}
