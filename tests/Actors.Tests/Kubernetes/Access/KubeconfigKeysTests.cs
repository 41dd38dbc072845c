using AkkaVault.Controller.Kubernetes;
using AkkaVault.Controller.Kubernetes.Access;

namespace AkkaVault.Actors.Tests.Kubernetes.Access;

/// <summary>
/// Each key of a kubeconfig has the same effect as in kubectl, or is rejected by name.
/// All rejected keys are reported at once. ApiServerAccessTests test the effects.
/// </summary>
public sealed class KubeconfigKeysTests : IDisposable
{
    private const string Server = "server: \"https://10.1.0.1:6443\"";
    private const string Exec = "apiVersion: client.authentication.k8s.io/v1, command: 'true', interactiveMode: Never";
    private readonly KubeconfigFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("insecure-skip-tls-verify: true, tls-server-name: api.internal, proxy-url: 'socks5://proxy:1080', disable-compression: true, extensions: [{name: e, extension: {a: 1}}]", "token: t")]
    [InlineData("insecure-skip-tls-verify: yes", "username: u, password: p, extensions: []")]
    [InlineData("insecure-skip-tls-verify: false", "token: t, as: jane, as-uid: '7', as-groups: [a, b], as-user-extra: {scope: [x, y]}")]
    [InlineData("tls-server-name: ''", "")]
    [InlineData("certificate-authority: ~", $"exec: {{{Exec}, args: [a], env: [{{name: A, value: b}}], installHint: h, provideClusterInfo: true}}")]
    [InlineData("proxy-url: 'http://u:p@proxy:3128'", "exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: 'true'}")]
    public void Supported_keys_are_accepted(string cluster, string user) => _folder.ConnectTo($"{Server}, {cluster}", user).Dispose();

    [Theory]
    [InlineData("tls-servername: s3cr3t", "token: t", "cluster.tls-servername: is not supported")]
    [InlineData("tls-server-name: 's3cr3t/'", "token: t", "cluster.tls-server-name: expected a host name")]
    [InlineData("insecure-skip-tls-verify: s3cr3t", "token: t", "cluster.insecure-skip-tls-verify: expected true or false")]
    [InlineData("insecure-skip-tls-verify: true, certificate-authority: ca", "token: t", "cluster.insecure-skip-tls-verify: expected not to be true where there is a certificate-authority")]
    [InlineData("certificate-authority: a, certificate-authority-data: s3cr3t", "token: t", "cluster.certificate-authority-data: expected either this or certificate-authority, not both")]
    [InlineData("proxy-url: 's3cr3t:3128'", "token: t", "cluster.proxy-url: expected an http, https or socks5 URL")]
    [InlineData("", "tokenfile: s3cr3t", "user.tokenfile: is not supported")]
    [InlineData("", "As: s3cr3t, token: t", "user.As: is not supported")]
    [InlineData("", "'s3cr3t s3cr3t': x", "user: has a key that kubectl does not know (it is not shown here)")]
    [InlineData("", "as-uid: s3cr3t, token: t", "user.as: expected the user to whom as-uid, as-groups and as-user-extra belong")]
    [InlineData("", "as: x, as-groups: s3cr3t", "user.as-groups: expected a list of texts")]
    [InlineData("", "as: \"x\\ns3cr3t\"", "without line breaks")]
    [InlineData("", "token: 's3cr3t s3cr3t'", "user.token: expected a token, without spaces and line breaks")]
    [InlineData("", "token: s3cr3t, username: u, password: p", "user: expected one of token, tokenFile, and username with password")]
    [InlineData("", "password: s3cr3t", "user.username: expected a user name, because there is a password")]
    [InlineData("", "client-key-data: czNjcjN0", "user.client-certificate: expected the certificate of client-key")]
    [InlineData("", "client-certificate-data: czNjcjN0", "user.client-key: expected the key of client-certificate")]
    [InlineData("", "auth-provider: {name: gcp, config: {access-token: s3cr3t}}", "user.auth-provider: is not supported; expected exec")]
    [InlineData("", "exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: s3cr3t}", "user.exec.apiVersion: expected client.authentication.k8s.io/v1 or")]
    [InlineData("", "exec: {apiVersion: client.authentication.k8s.io/v1, command: s3cr3t}", "user.exec.interactiveMode: expected Never or IfAvailable")]
    [InlineData("", $"exec: {{{Exec}, stdin: s3cr3t}}", "user.exec.stdin: is not supported")]
    [InlineData("", $"exec: {{{Exec}, env: [{{nam: s3cr3t, value: s3cr3t}}]}}", "user.exec.env[0].name: expected the name of a variable; user.exec.env[0].nam: is not supported")]
    [InlineData("", $"exec: {{{Exec}}}, token: s3cr3t", "user.exec: expected no other way to authenticate beside it")]
    [InlineData("servr: s3cr3t", "tokenFile: /nowhere/token, tok: s3cr3t", "cluster.servr: is not supported; expected a key that kubectl knows; user.tokenFile: Could not find a part of the path '/nowhere/token'.; user.tok: is not")]
    public void Unsupported_keys_are_rejected_by_name_and_no_value_is_quoted(string cluster, string user, string expected) =>
        Refused(KubeconfigFolder.Kubeconfig($"{Server}{(cluster.Length > 0 ? ", " : "")}{cluster}", user), expected);

    [Theory]
    [InlineData("clusters: [{name: c, cluster: {server: 'http://a'}}]\nusers: [{name: u, user: {token: t}, as: s3cr3t}]", "users[0].as: is not supported")]
    [InlineData("clusters: [{name: c, cluster: {server: 'http://a'}}]\nusers: [{name: u, user: {token: t}}]\nas: s3cr3t", "as: is not supported")]
    [InlineData("clusters: [{name: c, cluster: {server: 'http://a'}}, {name: c, cluster: {server: 'http://b'}}]\nusers: [{name: u, user: {token: t}}]", "clusters: expected one entry with the name of the cluster in use, got several")]
    public void A_key_at_the_wrong_place_and_a_name_that_exists_twice_are_rejected(string more, string expected) =>
        Refused($"current-context: x\ncontexts: [{{name: x, context: {{cluster: c, user: u, namespace: n, extensions: []}}}}]\npreferences: {{colors: true}}\nextensions: []\n{more}", expected);

    [Fact]
    public void Of_several_files_the_first_value_wins_and_its_paths_are_relative_to_its_folder()
    {
        Directory.CreateDirectory(_folder.At("sub"));
        _folder.Write("sub/token", "from-sub");
        var contexts = _folder.Write("contexts", "contexts: [{name: x, context: {cluster: c, user: u}}]\nusers: []\nclusters: [{name: d, cluster: {server: 'http://wrong'}}]");
        var first = _folder.Write("sub/first", "current-context: x\nusers: [{name: u, user: {tokenFile: token}}]\nclusters: [{name: c, cluster: {server: 'http://first'}}]");
        var second = _folder.Write("second", "current-context: y\nusers: [{name: u, user: {token: 's3cr3t s3cr3t'}}]\nclusters: [{name: c, cluster: {server: 'http://second', no-key: 1}}]\ncontexts: [{name: x, context: {cluster: d}}]");
        using var api = ApiServer.Connect(contexts, _folder.At("not-there"), first, second);
        Assert.Equal("http://first/", $"{api.Address}");
        Assert.Contains("there is none", Assert.Throws<KubeconfigException>(() => ApiServer.Connect(_folder.At("a"), _folder.At("b"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Merge_keys_are_supported_and_a_key_of_the_mapping_itself_wins()
    {
        using var api = _folder.Connect("current-context: x\ncontexts: [{name: x, context: {cluster: c}}]\nclusters: [{name: d, cluster: &d {server: 'http://d', proxy-url: 'http://p'}}, {name: c, cluster: {server: 'http://c', <<: *d}}]");
        Assert.Equal("http://c/", $"{api.Address}");
        Refused("current-context: x\ncontexts: [{name: x, context: {cluster: c}}]\nclusters: [{name: d, cluster: &d {server: 'http://d', no-key: s3cr3t}}, {name: c, cluster: {<<: [*d]}}]", "cluster.no-key: is not supported");
    }

    private void Refused(string content, string expected)
    {
        var refusal = Assert.Throws<KubeconfigException>(() => _folder.Connect(content));
        Assert.StartsWith($"{_folder.File}: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", refusal.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(KubeconfigFolder.Base64("s3cr3t"), refusal.ToString(), StringComparison.Ordinal);
    }
}
