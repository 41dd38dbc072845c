using System.Text;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Controller.Kubernetes.Access;
using AkkaVault.Tests.TestKit.Certificates;

namespace AkkaVault.Actors.Tests.Kubernetes.Access;

/// <summary>Any error in a kubeconfig is one exception. It names the file and what was expected, and quotes nothing of the file.</summary>
public sealed class KubeconfigTests : IDisposable
{
    private const string Secret = "s3cr3t";
    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("akkavault-kubeconfig-").FullName, "kubeconfig");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);

    [Fact]
    public void A_valid_kubeconfig_is_read()
    {
        using var api = Connect(Kubeconfig());
        Assert.Equal("https://10.1.0.1:6443/", $"{api.Address}");
        using var certified = Connect(Kubeconfig(cluster: $"certificate-authority-data: {Base64(Certificate().Pem)}", user: User(Certificate())));
    }

    [Theory]
    [InlineData("users: [{name: u, user: {token: s3cr3t}", "YAML")]
    [InlineData("\ts3cr3t", "YAML")]
    [InlineData("s3cr3t", "YAML")]
    [InlineData("users: s3cr3t\ncurrent-context: c\ncontexts: [{name: c, context: {cluster: c, user: u}}]", "users: expected a list")]
    [InlineData("a: &a {b: *a}\ncurrent-context: c", "YAML; it cannot be read at line 1, column 11")]
    [InlineData("a: &a {<<: *a}\ncurrent-context: c", "YAML")]
    [InlineData("? &a {? *a : b}\n: c", "YAML")]
    [InlineData("current-context: *s3cr3t", "YAML")]
    [InlineData("current-context: \"\\UFFFFFFFF\"", "YAML; it cannot be read at line 1")]
    [InlineData("s3cr3t: 1\ns3cr3t: 2", "YAML; it cannot be read at line 2, column 1: a key is in line 1 already; expected each key once")]
    [InlineData("<<: s3cr3t\ncurrent-context: c", "line 1, column 5: << has another value; expected a mapping")]
    [InlineData("current-context: c\n---\ncurrent-context: s3cr3t", "line 2, column 1: another document begins here; expected one")]
    [InlineData("apiVersion: v2\nkind: s3cr3t", "apiVersion: expected v1; kind: expected Config")]
    [InlineData("", "current-context")]
    [InlineData("# s3cr3t", "current-context")]
    [InlineData("current-context: c", "contexts: the context that current-context needs is missing")]
    [InlineData("current-context: c\ncontexts: [{context: {cluster: c, user: s3cr3t}}]", "contexts: the context that current-context needs is missing; an entry has no name")]
    [InlineData(
        "current-context: c\ncontexts: [{name: c, context: {cluster: c, user: u}}]",
        "clusters: the cluster that current-context needs is missing; users: the user that current-context needs is missing")]
    public void Malformed(string content, string expected) => Refused(content, expected);

    [Theory]
    [InlineData("localhost:6443/s3cr3t")]
    [InlineData("10.1.0.1/s3cr3t")]
    [InlineData("https://user:s3cr3t@10.1.0.1:port")]
    [InlineData("ftp://user:s3cr3t@10.1.0.1")]
    [InlineData("/s3cr3t")]
    public void A_server_that_is_not_a_URL_is_rejected(string server) => Refused(Kubeconfig(server: server), "http or https URL");

    [Theory]
    [InlineData("certificate-authority-data: s3cr3t!", "token: t")]
    [InlineData("certificate-authority-data: czNjcjN0", "token: t")]
    [InlineData("insecure-skip-tls-verify: true", "client-certificate-data: s3cr3t!, client-key-data: s3cr3t!")]
    [InlineData("insecure-skip-tls-verify: true", "client-certificate-data: czNjcjN0, client-key-data: czNjcjN0")]
    public void Certificates_that_cannot_be_read_are_rejected(string cluster, string user) => Refused(Kubeconfig(cluster: cluster, user: user), "PEM");

    [Fact]
    public void A_key_of_another_certificate_is_rejected() => Refused(Kubeconfig(user: User((Certificate().Pem, Certificate().Key))), "user.client-key-data: expected a key in PEM, the one which belongs to client-certificate");

    [Fact]
    public void A_certificate_authority_that_is_missing_or_not_a_certificate_is_rejected()
    {
        var file = Path.Combine(Path.GetDirectoryName(_file)!, "ca.crt");
        File.WriteAllText(_file, Kubeconfig(cluster: $"certificate-authority: {file}"));
        Assert.True(Record.Exception(() => ApiServer.Connect(_file).Dispose()) is IOException or KubeconfigException);
        File.WriteAllText(file, Secret);
        Refused(Kubeconfig(cluster: $"certificate-authority: {file}"), "PEM");
    }

    [Fact]
    public void A_missing_file_is_named_once()
    {
        var refusal = Assert.Throws<KubeconfigException>(() => ApiServer.Connect(_file));
        Assert.Equal(2, refusal.Message.Split(_file).Length);
    }

    private ApiServer Connect(string content)
    {
        File.WriteAllText(_file, content);
        return ApiServer.Connect(_file);
    }

    private void Refused(string content, string expected)
    {
        var refusal = Assert.Throws<KubeconfigException>(() => Connect(content));
        Assert.Contains(_file, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
        foreach (var secret in (string[])[Secret, Base64(Secret)]) Assert.DoesNotContain(secret, refusal.ToString(), StringComparison.Ordinal);
    }

    private static string Kubeconfig(string server = "https://10.1.0.1:6443", string cluster = "insecure-skip-tls-verify: true", string user = "token: s3cr3t") => $$"""
        apiVersion: v1
        kind: Config
        current-context: x
        contexts: [{name: x, context: {cluster: c, user: u} }]
        clusters: [{name: c, cluster: {server: "{{server}}", {{cluster}} } }]
        users: [{name: u, user: { {{user}} } }]
        """;

    private static string User((string Pem, string Key) certificate) => $"client-certificate-data: {Base64(certificate.Pem)}, client-key-data: {Base64(certificate.Key)}";

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static (string Pem, string Key) Certificate()
    {
        var subject = CertificateSubject.New("test");
        using var certificate = subject.By(subject, new CertificateOptions());
        return (certificate.ExportCertificatePem(), subject.KeyPem);
    }
}
