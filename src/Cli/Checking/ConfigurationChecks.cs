using AkkaVault.Controller.Configuration;

namespace AkkaVault.Cli.Checking;

/// <summary>Checks a configuration as the controller does when it starts.</summary>
internal static class ConfigurationChecks
{
    private const string Name = "configuration";

    /// <summary>The checks of a configuration.</summary>
    /// <param name="file">The name of the file.</param>
    /// <param name="result">The result of reading the file.</param>
    /// <param name="namespaces">The namespaces whose pods should get secrets.</param>
    public static IEnumerable<Check> Of(string file, ConfigurationResult result, IReadOnlyList<string> namespaces)
    {
        foreach (var problem in result.Problems) yield return Check.Failed(Name, problem, $"Correct {file}.");
        foreach (var warning in result.Warnings) yield return Check.Skipped(Name, warning, $"Correct {file}.");
        if (result.Configuration is not { } configuration) yield break;
        yield return Check.Ok(Name, file);
        foreach (var ns in namespaces)
        {
            yield return configuration.Kubernetes.Scope.Includes(ns)
                ? Check.Ok($"namespace {ns} is watched")
                : Check.Failed($"namespace {ns} is watched", "kubernetes.watchNamespace does not name it", "Change kubernetes.watchNamespace.");
        }
    }
}
