using AkkaVault.Controller.Configuration;

namespace AkkaVault.Actors.Tests.Configuration;

/// <summary>A value of the wrong shape does not count as missing. Otherwise a setting that protects something would be silently off.</summary>
public class WrittenShapeTests
{
    private const string Certificate = "certFile: /dev/null, certKey: /dev/null";

    [Theory]
    [InlineData("prometheus: {tls: {" + Certificate + ", caCert: [/dev/null, /b]}}", "prometheus.tls.caCert: \"[/dev/null, /b]\": expected one value")]
    [InlineData("prometheus: {tls: {" + Certificate + ", caCert: [/a, /b]}}", "prometheus.tls.caCert: \"[/a, /b]\": expected one value")]
    [InlineData("prometheus: {tls: {" + Certificate + ", caCert: {file: /a}}}", "prometheus.tls.caCert: \"{file: /a}\": expected one value")]
    [InlineData("prometheus: {tls: {" + Certificate + ", caCert: {}}}", "prometheus.tls.caCert: \"{}\": expected one value")]
    [InlineData("prometheus: {tls: {" + Certificate + ", caCert: [[/a]]}}", "prometheus.tls.caCert: \"[[/a]]\": expected one value")]
    [InlineData("prometheus: {tls: {" + Certificate + ", vaultCABackends: {a: root-ca}}}", "prometheus.tls.vaultCABackends: \"{a: root-ca}\": expected a value or a list of values")]
    [InlineData("prometheus: {tls: {" + Certificate + ", vaultCABackends: [[root-ca]]}}", "prometheus.tls.vaultCABackends: \"[[root-ca]]\": expected a value or a list of values")]
    [InlineData("prometheus: {tls: {certFile: [/a, /b], certKey: /dev/null}}", "prometheus.tls.certFile: \"[/a, /b]\": expected one value")]
    [InlineData("kubernetes: {labelSelector: [a=1, b=2]}", "kubernetes.labelSelector: \"[a=1, b=2]\": expected one value")]
    [InlineData("kubernetes: {labelSelector: {team: blue}}", "kubernetes.labelSelector: \"{team: blue}\": expected one value")]
    [InlineData("kubernetes: {watchNamespace: [blue, green]}", "kubernetes.watchNamespace: \"[blue, green]\": expected one value")]
    [InlineData("vault: {tls: {caCert: [/a, /b]}}", "vault.tls.caCert: \"[/a, /b]\": expected one value")]
    [InlineData("vault: {bindToPodIP: [true, true]}", "vault.bindToPodIP: \"[true, true]\": expected one value")]
    [InlineData("vault: {namespace: {a: b}}", "vault.namespace: \"{a: b}\": expected one value")]
    [InlineData("cluster: {hostname: 10.1.0.7, tls: {" + Certificate + ", caCert: [/a, /b]}}", "cluster.tls.caCert: \"[/a, /b]\": expected one value")]
    public void Another_shape_than_one_value_is_a_problem_and_the_only_one(string section, string problem) => Assert.Equal(problem, Assert.Single(Read(section).Problems));

    [Theory]
    [InlineData("prometheus: {tls: /ca.crt}", "prometheus.tls: \"/ca.crt\": expected keys below it, such as prometheus.tls.vaultCertBackend")]
    [InlineData("prometheus: {tls: [/ca.crt, x]}", "prometheus.tls: \"[/ca.crt, x]\": expected keys below it, such as prometheus.tls.vaultCertBackend")]
    [InlineData("prometheus: {tls: [{caCert: /ca.crt}]}", "prometheus.tls: \"[{caCert: /ca.crt}]\": expected keys below it, such as prometheus.tls.vaultCertBackend")]
    [InlineData("cluster: {hostname: 10.1.0.7, tls: $UNSET}", "cluster.tls: \"$UNSET\": expected keys below it, such as cluster.tls.vaultCertBackend")]
    [InlineData(
        "cluster: {hostname: 10.1.0.7, tls: }",
        "cluster.tls: is empty; expected keys below it, such as cluster.tls.vaultCertBackend; to use no TLS, leave the section out")]
    [InlineData(
        "cluster: {hostname: 10.1.0.7, tls: {}}",
        "cluster.tls: is empty; expected keys below it, such as cluster.tls.vaultCertBackend; to use no TLS, leave the section out")]
    [InlineData("cluster: 3", "cluster: \"3\": expected keys below it, such as cluster.hostname")]
    public void A_value_where_a_section_is_expected_is_a_problem(string section, string problem) => Assert.Equal(problem, Assert.Single(Read(section).Problems));

    [Theory]
    [InlineData("prometheus: {tls: {" + Certificate + ", caCert: $UNSET}}", "prometheus.tls.caCert: \"$UNSET\"")]
    [InlineData("prometheus: {tls: {" + Certificate + ", caCert: \"\"}}", "prometheus.tls.caCert: \"\"")]
    [InlineData("prometheus: {tls: {" + Certificate + ", caCert: }}", "prometheus.tls.caCert: \"\"")]
    [InlineData("prometheus: {tls: {" + Certificate + ", vaultCABackends: [$UNSET]}}", "prometheus.tls.vaultCABackends: \"[$UNSET]\"")]
    [InlineData("prometheus: {tls: {" + Certificate + ", vaultCABackends: []}}", "prometheus.tls.vaultCABackends: \"[]\"")]
    [InlineData("prometheus: {tls: {certFile: $UNSET, certKey: /dev/null}}", "prometheus.tls.certFile: \"$UNSET\"")]
    [InlineData("prometheus: {tls: {vaultCertBackend: pki, vaultCertRole: $UNSET, caCert: /dev/null}}", "prometheus.tls.vaultCertRole: \"$UNSET\"")]
    [InlineData("vault: {tls: {caCert: $UNSET}}", "vault.tls.caCert: \"$UNSET\"")]
    [InlineData("vault: {tls: {vaultCABackends: $UNSET}}", "vault.tls.vaultCABackends: \"$UNSET\"")]
    [InlineData("cluster: {hostname: 10.1.0.7, tls: {" + Certificate + ", caCert: $UNSET}}", "cluster.tls.caCert: \"$UNSET\"")]
    public void A_key_of_certificates_that_is_written_and_empty_is_a_problem(string section, string problem) => Assert.Equal(
        $"{problem}: expected a value: the key is written, but its value is empty once variables are replaced; to set no value, leave the key out",
        Assert.Single(Read(section).Problems));

    [Fact]
    public void Both_keys_of_a_certificate_from_variables_that_are_not_set_do_not_mean_plain_HTTP()
    {
        var problems = Read("prometheus: {tls: {certFile: $CERT, certKey: $KEY}}").Problems;
        Assert.Equal(["prometheus.tls.certFile: \"$CERT\"", "prometheus.tls.certKey: \"$KEY\""], problems.Select(problem => problem.Split(": expected")[0]));
    }

    [Theory]
    [InlineData("token: [s.secret, s.other]")]
    [InlineData("token: {s.secret: }")]
    [InlineData("token: {value: s.secret}")]
    [InlineData("token: [[s.secret]]")]
    public void A_token_of_another_shape_is_said_and_not_shown(string token)
    {
        var result = Read("", token);
        Assert.Equal("vault.token: is a list or a mapping; expected one value (it is not shown here)", Assert.Single(result.Problems));
        Assert.Empty(result.Warnings);
    }

    [Theory]
    [InlineData("vault: s.secret\nkubernetes: {watchNamespace: d, serviceNamespace: d, service: s}", "vault: ")]
    [InlineData("vault: {addr: \"https://v\", auth: s.secret}\nkubernetes: {watchNamespace: d, serviceNamespace: d, service: s}", "vault.auth: ")]
    public void Nor_is_what_stands_in_the_place_of_a_section_that_holds_it(string yaml, string problem)
    {
        var result = ConfigurationReader.Read(yaml, _ => null);
        Assert.Contains(result.Problems, text => text.StartsWith(problem, StringComparison.Ordinal));
        Assert.DoesNotContain(result.Problems.Concat(result.Warnings), text => text.Contains("s.secret", StringComparison.Ordinal));
    }

    [Fact]
    public void A_key_in_the_place_of_its_file_is_not_shown()
    {
        var problem = Assert.Single(Read("prometheus: {tls: {certFile: /dev/null, certKey: \"-----BEGIN PRIVATE KEY-----\\nMIIsecret\\n\"}}").Problems);
        Assert.Equal("prometheus.tls.certKey: expected a file that exists (the value is not shown here: it is not a path, and may be a private key)", problem);
    }

    [Fact]
    public void One_value_in_a_list_is_a_value_and_one_value_is_a_list()
    {
        var result = Read("kubernetes: {labelSelector: [team=blue]}\nprometheus: {tls: {" + Certificate + ", vaultCABackends: root-ca}}");
        Assert.Empty(result.Problems.Concat(result.Warnings));
        Assert.Equal("team=blue", result.Configuration!.Kubernetes.LabelSelector);
        Assert.Equal(["root-ca"], Assert.IsType<CaSource.Backends>(result.Configuration.Metrics.ClientCa).Mounts);
    }

    [Fact]
    public void Each_is_reported_along_with_all_other_problems()
    {
        var problems = Read("kubernetes: {labelSelector: [a=1, b=2]}\nprometheus: {tls: {caCert: [a, b]}}\nvault: {wrappingTTL: soon}").Problems;
        foreach (var key in (string[])["kubernetes.labelSelector:", "prometheus.tls.caCert:", "prometheus.tls:", "vault.wrappingTTL:"])
            Assert.Single(problems, problem => problem.StartsWith(key, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("kubernetes: {labelSelector: $UNSET}", "kubernetes.labelSelector: is empty once its variables are replaced: it counts as not written")]
    [InlineData("vault: {bindToPodIP: \"${UNSET}\"}", "vault.bindToPodIP: is empty once its variables are replaced: it counts as not written")]
    [InlineData("prometheus: ", "prometheus: is empty: it counts as not written")]
    [InlineData("prometheus: {tls: {}}", "prometheus.tls: is empty: it counts as not written")]
    [InlineData("cluster: ", "cluster: is empty: it counts as not written")]
    public void What_is_empty_and_may_be_is_warned_of(string section, string warning)
    {
        var result = Read(section);
        Assert.Empty(result.Problems);
        Assert.Equal(warning, Assert.Single(result.Warnings));
    }

    /// <summary>A valid file and more. Sections may appear twice, because they are written as dotted keys.</summary>
    private static ConfigurationResult Read(string more, string token = "token: s.token") => ConfigurationReader.Read($$"""
        "vault.addr": https://vault:8200
        {{"\"vault." + token.Insert(token.IndexOf(':', StringComparison.Ordinal), "\"")}}
        {{(more.Contains("watchNamespace", StringComparison.Ordinal) ? "" : "\"kubernetes.watchNamespace\": default")}}
        "kubernetes.serviceNamespace": default
        "kubernetes.service": kubernetes-vault
        {{more}}
        """, _ => null);
}
