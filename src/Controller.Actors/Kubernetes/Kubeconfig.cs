using AkkaVault.Controller.Kubernetes.Access;

namespace AkkaVault.Controller.Kubernetes;

/// <summary>Finds the kubeconfig or the service account, as kubectl and client-go do.</summary>
internal static class Kubeconfig
{
    private const string Variable = "KUBECONFIG";
    private const string Folder = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>The kubeconfig files that the user names: by the choice, by the variable, or by having the default one.</summary>
    /// <param name="choice">What the command line says.</param>
    /// <returns>Null: the user names none.</returns>
    /// <exception cref="KubeconfigException">The variable names no file.</exception>
    public static IReadOnlyList<string>? Files(KubeconfigChoice choice)
    {
        if (choice.File is not null) return [choice.File];
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } list)
        {
            string[] files = [.. list.Split(Path.PathSeparator).Select(file => file.Trim('"')).Where(file => file.Length > 0).Distinct()];
            return files.Length > 0 ? files : throw new KubeconfigException($"{Variable}: \"{list}\": expected the path of a file, or several with {Path.PathSeparator} between them");
        }

        return File.Exists(Home) ? [Home] : null;
    }

    /// <summary>The kubeconfig files that there are, else the pod's service account.</summary>
    /// <param name="choice">What the command line says.</param>
    /// <exception cref="KubeconfigException">There is neither, or it is not as it must be.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static ApiAccess Default(KubeconfigChoice choice)
    {
        if (Files(choice) is { } files) return Read(files, choice.Context);
        if (choice.Context is not null) throw new KubeconfigException($"--context: expected a kubeconfig with this context ({Variable}, or {Home}), but there is no kubeconfig");
        return ServiceAccount.Find(Folder, Environment.GetEnvironmentVariable(ServiceAccount.Host), Environment.GetEnvironmentVariable(ServiceAccount.Port)) ?? throw new KubeconfigException($"no kubeconfig ({Variable}, or {Home}) and no service account in {Folder}");
    }

    private static string Home => Path.Combine(Environment.GetEnvironmentVariable("HOME") ?? "/", ".kube/config");

    /// <summary>These files, as far as they are there.</summary>
    /// <param name="files">The files.</param>
    /// <param name="context">The context to use; null: the current one.</param>
    /// <exception cref="KubeconfigException">None is there, or they are not as they must be.</exception>
    /// <exception cref="IOException">One cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">One may not be read.</exception>
    public static ApiAccess Read(IReadOnlyList<string> files, string? context = null)
    {
        // Of several files some may be missing: kubectl creates the first one when it writes.
        string[] there = [.. files.Where(File.Exists)];
        return there.Length > 0 ? KubeconfigReader.Read(there, context, TimeProvider.System) : throw new KubeconfigException($"{string.Join(Path.PathSeparator, files)}: expected a kubeconfig, and there is none");
    }
}
