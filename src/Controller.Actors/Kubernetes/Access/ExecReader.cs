using System.Text;
using System.Text.Json.Nodes;

namespace AkkaVault.Controller.Kubernetes.Access;

/// <summary>A user's <c>exec</c> (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins).</summary>
internal static class ExecReader
{
    private const string Group = "client.authentication.k8s.io";
    private const string Stable = $"{Group}/v1";
    private const string Beta = $"{Group}/v1beta1";

    /// <summary>Reads.</summary>
    /// <param name="exec">The section.</param>
    /// <param name="resolve">Makes a path of the file absolute.</param>
    /// <param name="access">How the API server is reached.</param>
    /// <param name="cluster">The cluster's section.</param>
    /// <param name="clock">This node's clock.</param>
    public static ExecPlugin? Read(YamlSection exec, Func<string, string> resolve, ApiAccess access, YamlSection cluster, TimeProvider clock)
    {
        var (version, command) = (exec.Text("apiVersion"), exec.Text("command"));
        if (version is not (Stable or Beta)) exec.Problem("apiVersion", $"expected {Stable} or {Beta}");
        if (command is null) exec.Problem("command", "expected the command to run");
        var mode = exec.Text("interactiveMode");
        if (mode is not ("Never" or "IfAvailable") && (mode is not null || version == Stable))
            exec.Problem("interactiveMode", "expected Never or IfAvailable: there is no terminal");
        var environment = new List<(string Name, string Value)>();
        foreach (var variable in exec.Items("env"))
        {
            if (variable.Text("name") is { } name) environment.Add((name, variable.Text("value") ?? ""));
            else variable.Problem("name", "expected the name of a variable");
            variable.RefuseOthers();
        }

        var config = cluster.Items("extensions").FirstOrDefault(extension => extension.Text("name") == $"{Group}/exec")?.Json("extension");
        var (arguments, hint, describeCluster) = (exec.Texts("args"), exec.Text("installHint"), exec.Flag("provideClusterInfo"));
        exec.RefuseOthers();
        if (version is null || command is null) return null;
        // Like kubectl: with a slash it is a path, of the file's folder.
        var program = command.Contains('/', StringComparison.Ordinal) ? resolve(command) : command;
        return new ExecPlugin(version, program, arguments, environment, hint, describeCluster ? () => Describe(access, config) : null, clock);
    }

    private static JsonObject Describe(ApiAccess access, JsonNode? config)
    {
        var cluster = new JsonObject { ["server"] = access.Server.OriginalString };
        if (access.ServerName is not null) cluster["tls-server-name"] = access.ServerName;
        if (access.SkipVerification) cluster["insecure-skip-tls-verify"] = true;
        if (access.Cas is not null) cluster["certificate-authority-data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(access.Cas.Read()));
        if (access.Proxy is not null) cluster["proxy-url"] = access.Proxy.OriginalString;
        cluster["config"] = config?.DeepClone();
        return cluster;
    }
}
