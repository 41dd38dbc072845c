using AkkaVault.Controller.Configuration;

namespace AkkaVault.Actors.Tests.Configuration;

/// <summary>
/// Impossible names are rejected. For an impossible namespace, an API server answers with an empty list, and everything would look well.
/// </summary>
public class ConfigurationNamesTests
{
    private const string Sixty3 = "a23456789-123456789-123456789-123456789-123456789-123456789-123";

    [Theory]
    [InlineData("team-*")]
    [InlineData("^team-")]
    [InlineData("a,b")]
    [InlineData("team-a team-b")]
    [InlineData("*")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("a.b")]
    [InlineData(Sixty3 + "4")]
    public void A_namespace_that_cannot_be_is_refused_and_the_sign_of_an_expression_is_named(string name) => Assert.Equal(
        $"kubernetes.watchNamespace: \"{name}\": expected a namespace, or ~ and a regular expression such as ~^team-: a name has small letters, digits and - only, and at most 63 of them",
        Assert.Single(Read(watchNamespace: name).Problems));

    [Theory]
    [InlineData("team-a")]
    [InlineData("0")]
    [InlineData(Sixty3)]
    [InlineData("~^team-*")]
    [InlineData("~")]
    // Kubernetes-Vault accepts these names, too.
    [InlineData("Default")]
    public void What_can_be_is_taken(string name) => Assert.Empty(Read(watchNamespace: name).Problems);

    [Theory]
    [InlineData("kubernetes.serviceNamespace", "the name of a namespace")]
    [InlineData("kubernetes.service", "the name of a Service")]
    public void So_are_those_of_namespace_and_Service_of_the_controllers(string key, string expected)
    {
        foreach (var name in (string[])["Kubernetes-Vault", "kubernetes_vault", "vault.kubernetes-vault.svc", "a/../b", Sixty3 + "4"])
        {
            var read = key == "kubernetes.service" ? Read(service: name) : Read(serviceNamespace: name);
            Assert.Equal($"{key}: \"{name}\": expected {expected} such as kubernetes-vault: small letters, digits and -, at most 63", Assert.Single(read.Problems));
        }
    }

    [Theory]
    [InlineData("prometheus: {tls: {vaultCertBackend: a//b, vaultCertRole: r}}", "prometheus.tls.vaultCertBackend: \"a//b\": expected a PKI mount such as root-ca")]
    [InlineData("prometheus: {tls: {vaultCertBackend: \"pki?x\", vaultCertRole: r}}", "prometheus.tls.vaultCertBackend: \"pki?x\": expected a PKI mount such as root-ca")]
    [InlineData("prometheus: {tls: {vaultCertBackend: pki, vaultCertRole: a/b}}", "prometheus.tls.vaultCertRole: \"a/b\": expected the name of a role such as kubernetes-vault: letters, digits, _, - and .")]
    [InlineData("prometheus: {tls: {vaultCertBackend: pki, vaultCertRole: r, vaultCABackends: [root-ca, \"a b\"]}}", "prometheus.tls.vaultCABackends: \"a b\": expected a list of PKI mounts such as [root-ca]")]
    [InlineData("vault: {tls: {vaultCABackends: [..]}}", "vault.tls.vaultCABackends: \"..\": expected a list of PKI mounts such as [root-ca]")]
    [InlineData("kubernetes: {labelSelector: \"team=blue,\"}", "kubernetes.labelSelector: \"team=blue,\": expected a label selector such as team=blue, as kubectl get --selector takes it")]
    [InlineData("kubernetes: {labelSelector: \"team=blue&limit=1\"}", "kubernetes.labelSelector: \"team=blue&limit=1\": expected a label selector such as team=blue, as kubectl get --selector takes it")]
    public void Mounts_roles_and_selectors_are_looked_at(string section, string problem) => Assert.Equal(problem, Assert.Single(Read(section).Problems));

    [Theory]
    [InlineData("a b")]
    [InlineData("../login")]
    [InlineData("-r")]
    public void So_is_the_role_of_the_controllers_login(string role)
    {
        var result = ConfigurationReader.Read($$$"""
            vault: {addr: "https://vault:8200", auth: {kubernetes: {role: "{{{role}}}"} } }
            kubernetes: {watchNamespace: default, serviceNamespace: default, service: kubernetes-vault}
            """, _ => null);
        Assert.Equal($"vault.auth.kubernetes.role: \"{role}\": expected the name of a role such as kubernetes-vault: letters, digits, _, - and .", Assert.Single(result.Problems));
    }

    [Theory]
    [InlineData("team=blue", true)]
    [InlineData("team == blue, tier!=db", true)]
    [InlineData("team in (blue, green),!legacy, app.kubernetes.io/name", true)]
    [InlineData("team notin(blue),a>1,b<2", true)]
    [InlineData("team=", true)]
    [InlineData("team in ()", true)]
    [InlineData("in in (in)", true)]
    [InlineData("team=blue green", false)]
    [InlineData("team blue", false)]
    [InlineData("=blue", false)]
    [InlineData("team in blue", false)]
    [InlineData("a>b", false)]
    [InlineData("a=-b", false)]
    [InlineData("a/b/c=d", false)]
    [InlineData("-a", false)]
    [InlineData("A.B/c", false)]
    [InlineData("!a=b", false)]
    public void Selectors_are_those_of_Kubernetes(string selector, bool valid) => Assert.Equal(valid, LabelSelector.IsValid(selector));

    private static ConfigurationResult Read(string more = "", string watchNamespace = "default", string serviceNamespace = "default", string service = "kubernetes-vault") => ConfigurationReader.Read($$"""
        "vault.addr": https://vault:8200
        "vault.token": s.token
        "kubernetes.watchNamespace": "{{watchNamespace}}"
        "kubernetes.serviceNamespace": "{{serviceNamespace}}"
        "kubernetes.service": "{{service}}"
        {{more}}
        """, _ => null);
}
