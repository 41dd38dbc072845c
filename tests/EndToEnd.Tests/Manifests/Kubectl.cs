using System.Diagnostics;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.EndToEnd.Tests.Manifests;

/// <summary>kubectl: the one that <c>install.sh</c> installed, otherwise the one on the path.</summary>
internal static class Kubectl
{
    /// <summary>The program that <c>install.sh</c> installs for the oldest version that the manifests support.</summary>
    public const string Oldest = "kubectl-1.25";

    private static readonly string? s_program = Find("kubectl");

    /// <summary>Why kubectl cannot be used; null when it can.</summary>
    public static string? Missing => s_program is null ? "there is no kubectl; tests/EndToEnd.Tests/assets/install.sh installs one" : null;

    public static string Folder => Path.GetDirectoryName(s_program)!;

    /// <summary>The folder of the manifests.</summary>
    public static string Manifests => Path.Combine(AppContext.BaseDirectory, "k8s");

    /// <summary>Finds a program in the folder of <c>install.sh</c>, otherwise on the path; null when there is none.</summary>
    public static string? Find(string name) =>
        $"{Environment.GetEnvironmentVariable("KUBEBUILDER_ASSETS")}:{Environment.GetEnvironmentVariable("PATH")}".Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>Renders a folder of <c>k8s/</c>. A warning fails the test.</summary>
    public static Task<string> KustomizeAsync(string folder) => KustomizeAsync(s_program!, folder);

    /// <summary>Renders a folder with the program of another version.</summary>
    public static async Task<string> KustomizeAsync(string program, string folder)
    {
        var (output, errors) = await RunProgramAsync(program, "kustomize", Path.Combine(Manifests, folder));
        Assert.Equal("", errors);
        return output;
    }

    /// <summary>Runs kubectl.</summary>
    /// <returns>The output on stdout.</returns>
    public static async Task<string> RunAsync(params string[] arguments) => (await RunProgramAsync(s_program!, arguments)).Output;

    private static async Task<(string Output, string Errors)> RunProgramAsync(string program, params string[] arguments)
    {
        var (exit, output, errors) = await ProgramRun.ToEndAsync(new ProcessStartInfo(program, arguments));
        Assert.True(exit == 0, $"{program} {string.Join(' ', arguments)}: {exit}\n{errors}");
        return (output, errors);
    }
}
