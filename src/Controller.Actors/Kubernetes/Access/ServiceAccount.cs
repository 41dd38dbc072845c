using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace AkkaVault.Controller.Kubernetes.Access;

/// <summary>A pod's service account, as the kubelet gives it.</summary>
internal static class ServiceAccount
{
    /// <summary>The variable with the API server's address.</summary>
    public const string Host = "KUBERNETES_SERVICE_HOST";

    /// <summary>The variable with its port.</summary>
    public const string Port = "KUBERNETES_SERVICE_PORT";

    /// <summary>That of this pod; null: this is no pod.</summary>
    /// <param name="folder">Where token and CA certificates are; both are replaced now and then.</param>
    /// <param name="host">What the variable says.</param>
    /// <param name="port">What that with the port says.</param>
    /// <exception cref="KubeconfigException">It is not as it must be.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static ApiAccess? Find(string folder, string? host, string? port)
    {
        var (token, ca) = (Path.Combine(folder, "token"), Path.Combine(folder, "ca.crt"));
        if (string.IsNullOrEmpty(host) || string.IsNullOrEmpty(port) || !File.Exists(token) || !File.Exists(ca)) return null;
        var name = IPAddress.TryParse(host, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : host;
        if (!Uri.TryCreate($"https://{name}:{port}", UriKind.Absolute, out var server)) throw new KubeconfigException($"{Host}, {Port}: expected the API server's address and port in the environment");
        var cas = PemSource.At(ca);
        try
        {
            cas.Certificates();
        }
        catch (CryptographicException)
        {
            throw new KubeconfigException($"{ca}: expected the CA certificates of the API server in PEM");
        }

        return new ApiAccess { Server = server, Cas = cas, TokenFile = token };
    }
}
