namespace AkkaVault.Actors.Tests.Documentation;

/// <summary>docs/kubeconfig.md says of every key that kubectl knows what it does here.</summary>
public sealed class KubeconfigPageTests
{
    // client-go, tools/clientcmd/api/v1/types.go: Config, Context, Cluster, AuthInfo, ExecConfig; what holds these is not listed.
    private static readonly string[] s_keys =
    [
        "preferences", "extensions", "namespace",
        "server", "tls-server-name", "insecure-skip-tls-verify", "certificate-authority", "certificate-authority-data", "proxy-url", "disable-compression",
        "client-certificate", "client-key", "token", "tokenFile", "as", "as-uid", "as-groups", "as-user-extra", "username", "password", "auth-provider", "exec",
        "command", "args", "env", "installHint", "provideClusterInfo", "interactiveMode",
    ];

    [Fact]
    public void Every_key_is_on_the_page()
    {
        var page = File.ReadAllText(Path.Combine(Page.Root, "docs/kubeconfig.md"));
        Assert.All(s_keys, key => Assert.Contains($"`{key}`", page, StringComparison.Ordinal));
    }
}
