using System.Diagnostics;
using System.Text.Json.Nodes;
using AkkaVault.Controller.Configuration;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Kubernetes;

namespace AkkaVault.EndToEnd.Tests.Manifests;

/// <summary>Petabridge.Cmd is only in builds that ask for it, because its packages are not available everywhere.</summary>
public sealed class PetabridgeCmdTests
{
    private static readonly string[] s_packages = ["Petabridge.Cmd.Cluster", "Petabridge.Cmd.Cluster.Sharding", "Petabridge.Cmd.Host"];

    [Fact]
    public async Task The_default_build_has_nothing_of_it_and_one_that_asks_for_it_has_its_packages()
    {
        var folder = Path.GetDirectoryName(typeof(ConfigurationReader).Assembly.Location)!;
        Assert.DoesNotContain("Petabridge", await File.ReadAllTextAsync(Path.Combine(folder, "AkkaVault.Controller.deps.json")), StringComparison.Ordinal);
        Assert.DoesNotContain(await ItemsAsync("PackageReference", "false"), item => item.StartsWith("Petabridge", StringComparison.Ordinal));
        Assert.DoesNotContain(await ItemsAsync("Compile", "false"), item => item.EndsWith("PetabridgeCmdPalettes.cs", StringComparison.Ordinal));

        Assert.Equal(s_packages, (await ItemsAsync("PackageReference", "true")).Where(item => item.StartsWith("Petabridge", StringComparison.Ordinal)));
        Assert.Equal(s_packages, (await ItemsAsync("PackageVersion", "true")).Where(item => item.StartsWith("Petabridge", StringComparison.Ordinal)));
        Assert.Contains(await ItemsAsync("Compile", "true"), item => item.EndsWith("PetabridgeCmdPalettes.cs", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task The_component_adds_a_locked_up_client_to_each_controller()
    {
        Skip.If(Kubectl.Missing is not null, Kubectl.Missing);
        var folder = Directory.CreateDirectory(Path.Combine(Kubectl.Manifests, $"pbm-{Guid.NewGuid():N}"));
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "kustomization.yaml"), """
                apiVersion: kustomize.config.k8s.io/v1beta1
                kind: Kustomization
                resources: [../overlays/quick-start]
                components: [../components/pbm]
                """);
            var objects = Manifest.Parse(await Kubectl.KustomizeAsync(folder.FullName));
            var pod = objects.Single(item => Overlay.KindOf(item) == "StatefulSet")["spec"]!["template"]!["spec"]!;
            Assert.Equal(["controller", "pbm"], pod["containers"]!.AsArray().Select(container => (string)container!["name"]!).Order());
            var pbm = pod["containers"]!.AsArray().Single(container => (string?)container!["name"] == "pbm")!;
            Assert.Equal("""{"allowPrivilegeEscalation":"false","capabilities":{"drop":["ALL"]},"readOnlyRootFilesystem":"true"}""", pbm["securityContext"]!.ToJsonString());
            // The pbm container must not have the rights of the controllers.
            Assert.Equal("false", (string?)pod["automountServiceAccountToken"]!.ToString());
            Assert.DoesNotContain(pbm["volumeMounts"]!.AsArray(), mount => (string?)mount!["name"] == "controller-token");
            Assert.NotNull(pbm["resources"]!["limits"]!["memory"]);
            // Only processes in the pod can reach Petabridge.Cmd.
            Assert.Null(pbm["ports"]);
            Assert.Equal(["config", "controller-token", "pbm-home", "vault-token"], pod["volumes"]!.AsArray().Select(volume => (string)volume!["name"]!).Order());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<IReadOnlyList<string>> ItemsAsync(string item, string petabridgeCmd)
    {
        var json = JsonNode.Parse(await RunAsync("dotnet", "msbuild", Path.Combine(Root(), "src", "Controller.Actors"), $"-p:PetabridgeCmd={petabridgeCmd}", $"-getItem:{item}"))!;
        return [.. json["Items"]![item]!.AsArray().Select(found => (string)found!["Identity"]!)];
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "AkkaVault.sln"))) folder = folder.Parent ?? throw new InvalidOperationException("this is not run from a checkout");
        return folder.FullName;
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var (exit, output, errors) = await ProgramRun.ToEndAsync(new ProcessStartInfo(program, arguments));
        Assert.True(exit == 0, $"{program} {string.Join(' ', arguments)}: {exit}\n{errors}{output}");
        return output;
    }
}
