using System.Text;
using AkkaVault.Controller.Kubernetes;

namespace AkkaVault.Actors.Tests.Kubernetes.Access;

/// <summary>A folder with a kubeconfig and the files that it names.</summary>
internal sealed class KubeconfigFolder : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("akkavault-kubeconfig-").FullName;

    public string File => At("kubeconfig");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public string At(string name) => Path.Combine(_folder, name);

    /// <summary>Replaces a file in one step, as a mounted Secret is replaced.</summary>
    public string Write(string name, string content)
    {
        System.IO.File.WriteAllText(At($"{name}.new"), content);
        System.IO.File.Move(At($"{name}.new"), At(name), overwrite: true);
        return At(name);
    }

    public ApiServer Connect(string content) => ApiServer.Connect(Write("kubeconfig", content));

    public ApiServer ConnectTo(string cluster, string user = "token: t") => Connect(Kubeconfig(cluster, user));

    public static string Kubeconfig(string cluster, string user = "token: t") => $$"""
        apiVersion: v1
        kind: Config
        current-context: x
        contexts: [{name: x, context: {cluster: c, user: u} }]
        clusters: [{name: c, cluster: { {{cluster}} } }]
        users: [{name: u, user: { {{user}} } }]
        """;

    public static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
