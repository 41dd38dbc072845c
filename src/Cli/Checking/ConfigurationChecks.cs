using AkkaVault.Controller.Configuration;

namespace AkkaVault.Cli.Checking;

/// <summary>What the controller itself would say of its configuration.</summary>
internal static class ConfigurationChecks
{
    private const string Name = "configuration";

    /// <summary>The checks.</summary>
    /// <param name="file">The file's name.</param>
    /// <param name="result">What reading it led to.</param>
    /// <param name="namespaces">Namespaces whose pods are to be served.</param>
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
