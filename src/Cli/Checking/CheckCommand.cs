using System.Globalization;
using AkkaVault.Cli.Controllers;
using AkkaVault.Cli.Output;

namespace AkkaVault.Cli.Checking;

/// <summary><c>akkavault check</c>: the problems that a controller with this configuration would have.</summary>
internal static class CheckCommand
{
    // The controller's own default, in the current folder, and the path in the manifests and the chart.
    private const string UsualFile = "kubernetes-vault.yml";
    private const string FileInPod = "/etc/kubernetes-vault/kubernetes-vault.yml";

    /// <summary>Runs the command.</summary>
    /// <param name="session">The options that all commands have.</param>
    /// <param name="config">The configuration file; null: that of the controllers that run.</param>
    /// <param name="roles">The AppRoles that pods will name.</param>
    /// <param name="namespaces">The namespaces whose pods should get secrets.</param>
    /// <param name="cancellation">Ends the command.</param>
    public static async Task<int> RunAsync(Session session, FileInfo? config, IReadOnlyList<string> roles, IReadOnlyList<string> namespaces, CancellationToken cancellation)
    {
        var file = config ?? new FileInfo(UsualFile);
        return config is null && !file.Exists && session.Controllers is { } controllers
            ? await InPodAsync(session, controllers, roles, namespaces, cancellation).ConfigureAwait(false)
            : await HereAsync(session, file, roles, namespaces, cancellation).ConfigureAwait(false);
    }

    /// <summary>Has a controller's pod run the check: with its configuration, its credentials and its rights.</summary>
    private static Task<int> InPodAsync(Session session, ForwardedControllers controllers, IReadOnlyList<string> roles, IReadOnlyList<string> namespaces, CancellationToken cancellation)
    {
        string[] command =
        [
            "/app/akkavault", "check", "--config", FileInPod, "--timeout", string.Create(CultureInfo.InvariantCulture, $"{session.Timeout.TotalMilliseconds:0}ms"), "--output", session.Output.IsJson ? "json" : "table",
            .. roles.SelectMany(role => new[] { "--role", role }), .. namespaces.SelectMany(ns => new[] { "--namespace", ns }),
        ];
        return controllers.ExecAsync(command, pod => CommandOutput.Note($"without --config, the check runs in the controller's pod {pod}"), cancellation);
    }

    private static async Task<int> HereAsync(Session session, FileInfo config, IReadOnlyList<string> roles, IReadOnlyList<string> namespaces, CancellationToken cancellation)
    {
        var result = await ConfigurationFile.ReadAsync(config, cancellation).ConfigureAwait(false);
        var checks = ConfigurationChecks.Of(config.Name, result, namespaces).ToList();
        if (result.Configuration is { } configuration)
        {
            checks.AddRange(await new VaultChecks(configuration, roles, session.Timeout).RunAsync(cancellation).ConfigureAwait(false));
            checks.AddRange(await new KubernetesChecks(configuration, session.Kubeconfig, session.Timeout).RunAsync(cancellation).ConfigureAwait(false));
        }
        else
        {
            checks.Add(Check.Skipped("Vault", "the configuration is wrong"));
            checks.Add(Check.Skipped("RBAC", "the configuration is wrong"));
        }

        session.Output.Write(new CheckAnswer(checks), CliJson.Readable.CheckAnswer, CheckAnswer.Table);
        if (result.Configuration is null) return ExitCodes.Misused;
        return checks.Any(check => check.Result == CheckResult.Failed) ? ExitCodes.Wrong : ExitCodes.Fine;
    }
}
