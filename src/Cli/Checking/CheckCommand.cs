using AkkaVault.Cli.Output;

namespace AkkaVault.Cli.Checking;

/// <summary><c>akkavault check</c>: the problems that a controller with this configuration would have.</summary>
internal static class CheckCommand
{
    /// <summary>Runs the command.</summary>
    /// <param name="session">The options that all commands have.</param>
    /// <param name="config">The configuration file.</param>
    /// <param name="roles">The AppRoles that pods will name.</param>
    /// <param name="namespaces">The namespaces whose pods should get secrets.</param>
    /// <param name="cancellation">Ends the command.</param>
    public static async Task<int> RunAsync(Session session, FileInfo config, IReadOnlyList<string> roles, IReadOnlyList<string> namespaces, CancellationToken cancellation)
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
