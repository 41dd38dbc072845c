using AkkaVault.Controller.Common.Yaml;

namespace AkkaVault.Controller.Kubernetes.Access;

/// <summary>One kubeconfig file.</summary>
/// <param name="Path">The file; paths in it are relative to its folder.</param>
/// <param name="Top">What is in it.</param>
internal sealed record KubeconfigFile(string Path, YamlSection Top)
{
    /// <summary>A path that is written in it.</summary>
    public string Resolve(string path) => System.IO.Path.GetFullPath(path, System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problems">Collects what is wrong.</param>
    /// <exception cref="KubeconfigException">It is not YAML.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static KubeconfigFile Read(string path, ICollection<string> problems)
    {
        var wrong = new List<YamlProblem>();
        var document = YamlComposer.Read(File.ReadAllText(path), StringComparer.Ordinal, wrong);
        // Neither the parser's message nor a key is quoted: either may hold a secret in the wrong place.
        if (wrong.Count > 0)
        {
            throw new KubeconfigException(
                $"{path}: expected a kubeconfig in YAML; it cannot be read at {string.Join("; ", wrong.Select(problem => $"{problem.Place}{(problem.IsSyntax ? "" : $": {(problem.Key is null ? "" : "a key ")}{problem.What}")}"))}");
        }

        var top = new YamlSection("", document, problems);
        if (top.Text("apiVersion") is not (null or "v1")) top.Problem("apiVersion", "expected v1");
        if (top.Text("kind") is not (null or "Config")) top.Problem("kind", "expected Config");
        return new KubeconfigFile(path, top);
    }
}
