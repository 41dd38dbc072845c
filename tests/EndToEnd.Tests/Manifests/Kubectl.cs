using System.Diagnostics;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.EndToEnd.Tests.Manifests;

/// <summary>kubectl: the one that <c>install.sh</c> installs, else the one on the path.</summary>
internal static class Kubectl
{
    /// <summary>The name under which <c>install.sh</c> installs the oldest version that the manifests are for.</summary>
    public const string Oldest = "kubectl-1.25";

    private static readonly string? s_program = Find("kubectl");

    /// <summary>Why it cannot be used, or null when it can.</summary>
    public static string? Missing => s_program is null ? "there is no kubectl; tests/EndToEnd.Tests/assets/install.sh installs one" : null;

    /// <summary>The folder it is in.</summary>
    public static string Folder => Path.GetDirectoryName(s_program)!;

    /// <summary>Where the manifests are.</summary>
    public static string Manifests => Path.Combine(AppContext.BaseDirectory, "k8s");

    /// <summary>A program of this name in the folder of <c>install.sh</c>, else on the path; null when there is none.</summary>
    public static string? Find(string name) =>
        $"{Environment.GetEnvironmentVariable("KUBEBUILDER_ASSETS")}:{Environment.GetEnvironmentVariable("PATH")}".Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>What a folder of <c>k8s/</c> is rendered to. A warning fails the test.</summary>
    public static Task<string> KustomizeAsync(string folder) => KustomizeAsync(s_program!, folder);

    /// <summary>The same with another version's program.</summary>
    public static async Task<string> KustomizeAsync(string program, string folder)
    {
        var (output, errors) = await RunProgramAsync(program, "kustomize", Path.Combine(Manifests, folder));
        Assert.Equal("", errors);
        return output;
    }

    /// <summary>Runs it.</summary>
    /// <returns>What it wrote to stdout.</returns>
    public static async Task<string> RunAsync(params string[] arguments) => (await RunProgramAsync(s_program!, arguments)).Output;

    private static async Task<(string Output, string Errors)> RunProgramAsync(string program, params string[] arguments)
    {
        var (exit, output, errors) = await ProgramRun.ToEndAsync(new ProcessStartInfo(program, arguments));
        Assert.True(exit == 0, $"{program} {string.Join(' ', arguments)}: {exit}\n{errors}");
        return (output, errors);
    }
}
