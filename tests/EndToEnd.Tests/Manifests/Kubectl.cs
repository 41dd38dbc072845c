using System.Diagnostics;

namespace AkkaVault.EndToEnd.Tests.Manifests;

/// <summary>kubectl: the one that <c>install.sh</c> installs, which is old, else the one on the path.</summary>
internal static class Kubectl
{
    private static readonly string? s_program =
        $"{Environment.GetEnvironmentVariable("KUBEBUILDER_ASSETS")}:{Environment.GetEnvironmentVariable("PATH")}".Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, "kubectl")).FirstOrDefault(File.Exists);

    /// <summary>Why it cannot be used, or null when it can.</summary>
    public static string? Missing => s_program is null ? "there is no kubectl; tests/EndToEnd.Tests/assets/install.sh installs one" : null;

    /// <summary>The folder it is in.</summary>
    public static string Folder => Path.GetDirectoryName(s_program)!;

    /// <summary>Where the manifests are.</summary>
    public static string Manifests => Path.Combine(AppContext.BaseDirectory, "k8s");

    /// <summary>What a folder of <c>k8s/</c> is rendered to.</summary>
    public static Task<string> KustomizeAsync(string folder) => RunAsync("kustomize", Path.Combine(Manifests, folder));

    /// <summary>Runs it.</summary>
    /// <returns>What it wrote to stdout.</returns>
    public static async Task<string> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(s_program!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().EndsAsync();
        Assert.True(process.ExitCode == 0, $"kubectl {string.Join(' ', arguments)}: {process.ExitCode}\n{await errors}");
        return await output;
    }
}
