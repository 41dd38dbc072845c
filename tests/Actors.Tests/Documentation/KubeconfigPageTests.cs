namespace AkkaVault.Actors.Tests.Documentation;

/// <summary>docs/kubeconfig.md documents every key that kubectl knows.</summary>
public sealed class KubeconfigPageTests
{
    // From client-go, tools/clientcmd/api/v1/types.go: Config, Context, Cluster,
    // AuthInfo and ExecConfig. Keys that only contain these are not listed.
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
