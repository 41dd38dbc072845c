using AkkaVault.EndToEnd.Tests.Cli;
using AkkaVault.Sandbox;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.EndToEnd.Tests.Kubernetes;

/// <summary>
/// A malformed kubeconfig: both programs report it in one line, and quote nothing of it. KubeconfigTests test what may be malformed.
/// </summary>
public sealed class MalformedKubeconfigTests : IDisposable
{
    private const string Secret = "s3cr3t";
    private static readonly Uri s_nobody = new("http://127.0.0.1:9");
    private readonly string _directory = Directory.CreateTempSubdirectory("akkavault-kubeconfig-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    public static TheoryData<string, string> Malformed => new()
    {
        { "users: [{name: u, user: {token: s3cr3t}", "expected a kubeconfig in YAML; it cannot be read at line " },
        {
            """
            current-context: x
            contexts: [{name: x, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: {server: "https://10.1.0.1:6443", certificate-authority-data: "s3cr3t!"}}]
            users: [{name: u, user: {token: s3cr3t}}]
            """, "cluster.certificate-authority-data: expected base64 of PEM"
        },
        {
            """
            current-context: x
            contexts: [{name: x, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: {server: "https://10.1.0.1:6443", tls-servername: s3cr3t}}]
            users: [{name: u, user: {token: s3cr3t, as-uid: s3cr3t, auth-provider: {name: s3cr3t}}}]
            """,
            "cluster.tls-servername: is not supported; expected a key that kubectl knows; user.auth-provider: is not supported; expected exec, as with kubectl since 1.26, or credentials; user.as: expected the user"
        },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task The_controller_ends_with_1(string content, string expected)
    {
        await using var controller = ControllerProcess.Start(_directory, s_nobody, "a-token", Write(content));
        Assert.Equal(1, await controller.Process.ExitAsync().EndsAsync());
        var output = string.Join('\n', controller.Process.Output);
        Assert.Contains($"kubernetes-vault cannot run: {_directory}/kubeconfig: {expected}", output, StringComparison.Ordinal);
        SaysNothingOfIt(output);
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task The_command_line_names_it_where_it_would_have_asked_the_API_server(string content, string expected)
    {
        var (kubeconfig, config) = (Write(content), Path.Combine(_directory, "kubernetes-vault.yml"));
        await File.WriteAllTextAsync(config, $"vault: {{addr: \"{s_nobody}\", token: a-token}}\nkubernetes: {{watchNamespace: default, serviceNamespace: own, service: kv}}\n");
        var environment = new Dictionary<string, string> { ["KUBECONFIG"] = kubeconfig, ["AKKAVAULT_URL"] = $"{s_nobody}" };

        var check = await CliProcess.RunAsync(environment, "check", "--config", config, "--output", "json");
        Assert.Equal(1, check.Exit);
        var reached = check.Json["checks"]!.AsArray().Single(one => (string)one!["name"]! == "Kubernetes is reached")!;
        Assert.Equal("failed", (string)reached["result"]!);
        Assert.StartsWith($"{kubeconfig}: {expected}", (string)reached["detail"]!, StringComparison.Ordinal);
        SaysNothingOfIt(check.ToString());

        var explain = await CliProcess.RunAsync(environment, "explain", "pod", "default/web-0", "--output", "json");
        Assert.Equal(3, explain.Exit);
        var unread = explain.Json["findings"]!.AsArray().Single(one => (string)one!["code"]! == "pod-unread")!;
        Assert.Contains($"{kubeconfig}: {expected}", (string)unread["sentence"]!, StringComparison.Ordinal);
        SaysNothingOfIt(explain.ToString());
    }

    private static void SaysNothingOfIt(string all)
    {
        Assert.DoesNotContain(Secret, all, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", all, StringComparison.Ordinal);
    }

    private string Write(string content)
    {
        var file = Path.Combine(_directory, "kubeconfig");
        File.WriteAllText(file, content);
        return file;
    }
}
