using System.Security.Cryptography;
using k8s;
using k8s.Exceptions;
using YamlDotNet.Core;

namespace AkkaVault.Controller.Kubernetes;

/// <summary>
/// What is wrong with a kubeconfig, or with a service account's folder. KubernetesClient throws whatever its parts throw, with
/// pieces of the file in it: here all of it becomes one exception that names the file and what was expected, and quotes nothing.
/// </summary>
internal static class Kubeconfig
{
    private const string Variable = "KUBECONFIG";
    private const string ServiceAccount = "/var/run/secrets/kubernetes.io/serviceaccount";
    private const string Server = "expected an http or https URL in the cluster's server";
    private const string Certificates =
        "expected certificates and a key in PEM: the cluster's certificate-authority, the user's client-certificate and client-key, which belongs to it; base64 of them in those with -data";

    /// <summary>Where KubernetesClient finds its configuration when it is told nothing.</summary>
    /// <exception cref="KubeConfigException">There is none, or <c>KUBECONFIG</c> is set and names no files.</exception>
    public static string Default()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { } files)
        {
            return files.Split(Path.PathSeparator).All(file => file.Trim('"').Length > 0)
                ? files
                : throw new KubeConfigException($"{Variable}: \"{files}\": expected the path of a file, or several with {Path.PathSeparator} between them");
        }

        if (File.Exists(KubernetesClientConfiguration.KubeConfigDefaultLocation)) return KubernetesClientConfiguration.KubeConfigDefaultLocation;
        // KubernetesClient would try http://localhost:8080.
        return KubernetesClientConfiguration.IsInCluster()
            ? ServiceAccount
            : throw new KubeConfigException($"no kubeconfig ({Variable}, or {KubernetesClientConfiguration.KubeConfigDefaultLocation}) and no service account in {ServiceAccount}");
    }

    /// <summary>Reads.</summary>
    /// <param name="where">The file, or the files, for people.</param>
    /// <param name="read">Reads it.</param>
    /// <param name="use">Makes something of it.</param>
    /// <exception cref="KubeConfigException">There is none, or it is not as it must be.</exception>
    /// <exception cref="IOException">A file that it names cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static T Read<T>(string where, Func<KubernetesClientConfiguration> read, Func<KubernetesClientConfiguration, T> use)
    {
        try
        {
            var configuration = read();
            // "localhost:6443" is a URL as well, of the scheme localhost.
            if (!Uri.TryCreate(configuration.Host, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")) throw new KubeConfigException(Server);
            if (configuration.SslCaCerts is { Count: 0 }) throw new KubeConfigException(Certificates);
            return use(configuration);
        }
        catch (Exception e) when (e is not (IOException or UnauthorizedAccessException))
        {
            var expected = Expected(where, e);
            // Without the cause: that has words of the file.
            throw new KubeConfigException(expected.Contains(where, StringComparison.Ordinal) ? expected : $"{where}: {expected}");
        }
    }

    private static string Expected(string where, Exception e) => e switch
    {
        YamlException yaml => $"expected a kubeconfig in YAML; it cannot be read at line {yaml.Start.Line}, column {yaml.Start.Column}",
        // These two have an address, with credentials in it perhaps, and the value of a variable.
        KubeConfigException when e.Message.StartsWith("Bad server host URL", StringComparison.Ordinal) => Server,
        KubeConfigException when e.Message.StartsWith("Invalid environment variable", StringComparison.Ordinal) => "expected a name and a value in each of the user's exec.env",
        KubeConfigException => e.Message,
        _ when where == ServiceAccount =>
            "expected the CA certificate of the API server in ca.crt, and KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT in the environment",
        FormatException or CryptographicException or ArgumentException { ParamName: not null } and not ArgumentNullException => Certificates,
        _ => "expected a current-context, and contexts, clusters and users, each with a name, of which it is made up",
    };
}
