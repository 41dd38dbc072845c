using AkkaVault.Controller.Kubernetes.Access;

namespace AkkaVault.Controller.Kubernetes;

/// <summary>Finds the kubeconfig or the service account, as kubectl and client-go do.</summary>
internal static class Kubeconfig
{
    private const string Variable = "KUBECONFIG";
    private const string Folder = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>The kubeconfig files that there are, else the pod's service account.</summary>
    /// <exception cref="KubeconfigException">There is neither, or it is not as it must be.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static ApiAccess Default()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } list)
        {
            string[] files = [.. list.Split(Path.PathSeparator).Select(file => file.Trim('"')).Where(file => file.Length > 0).Distinct()];
            return files.Length > 0
                ? Read(files)
                : throw new KubeconfigException($"{Variable}: \"{list}\": expected the path of a file, or several with {Path.PathSeparator} between them");
        }

        var home = Path.Combine(Environment.GetEnvironmentVariable("HOME") ?? "/", ".kube/config");
        if (File.Exists(home)) return Read([home]);
        return ServiceAccount.Find(Folder, Environment.GetEnvironmentVariable(ServiceAccount.Host), Environment.GetEnvironmentVariable(ServiceAccount.Port)) ?? throw new KubeconfigException($"no kubeconfig ({Variable}, or {home}) and no service account in {Folder}");
    }

    /// <summary>These files, as far as they are there.</summary>
    /// <exception cref="KubeconfigException">None is there, or they are not as they must be.</exception>
    /// <exception cref="IOException">One cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">One may not be read.</exception>
    public static ApiAccess Read(params IReadOnlyList<string> files)
    {
        // Of several files some may be missing: kubectl creates the first one when it writes.
        string[] there = [.. files.Where(File.Exists)];
        return there.Length > 0 ? KubeconfigReader.Read(there, TimeProvider.System) : throw new KubeconfigException($"{string.Join(Path.PathSeparator, files)}: expected a kubeconfig, and there is none");
    }
}
