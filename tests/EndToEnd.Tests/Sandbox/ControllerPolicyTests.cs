using System.Net;
using System.Text.Json;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Sandbox;

namespace AkkaVault.EndToEnd.Tests.Sandbox;

/// <summary>The policy in the documentation allows everything that the controller needs, and nothing else.</summary>
public sealed class ControllerPolicyTests
{
    [Fact]
    public async Task The_controller_needs_no_more_and_its_token_can_do_no_more()
    {
        await using var cluster = await SandboxCluster.StartAsync(_ => { }, new CancellationTokenSource(TimeSpan.FromMinutes(4)).Token, new SandboxSetup
        {
            WaitUntilReady = false,
            Prepare = c =>
            {
                c.Vault.Setup.WritePolicy("kubernetes-vault", File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "k8s", "vault", "controller-policy.hcl")));
                c.Vault.Setup.EnablePki("root-ca", "intermediate-ca");
                c.Vault.Setup.CreatePkiRole("intermediate-ca", "kubernetes-vault");
                c.Vault.Setup.CreateAppRole("other");
            },
            More = _ => "prometheus: {tls: {vaultCertBackend: intermediate-ca, vaultCertRole: kubernetes-vault, vaultCABackends: [root-ca]}}",
        });
        await cluster.ServedAsync(await cluster.RunPodAsync(cluster.Plan("served")));
        await Eventually.TrueAsync(() => cluster.Said("The certificate of the metrics port: issued by intermediate-ca") > 0, "its certificate is issued");

        var doomed = await cluster.RunPodAsync(cluster.Plan("doomed") with { Ip = "127.1.1.1", Environment = new Dictionary<string, string> { ["LISTEN_ADDRESS"] = "127.1.1.2" } });
        await Eventually.TrueAsync(() => cluster.Vault.WrappingTokens.Any(wrap => wrap.Metadata["uid"] == doomed.Uid), "a token is issued");
        await cluster.Kubelet.DeleteAsync(doomed, default).EndsAsync();
        await Eventually.TrueAsync(() => cluster.Vault.WrappingTokens.All(wrap => wrap.State is WrappingState.Unwrapped or WrappingState.Revoked), "it is revoked");
        Assert.DoesNotContain(cluster.Vault.Audit, entry => entry.Status == 403);

        using var http = new HttpClient { BaseAddress = cluster.Vault.Address, DefaultRequestHeaders = { { "X-Vault-Token", cluster.ControllerToken } } };
        foreach (var (method, path, body) in new (string, string, object?)[]
        {
            // This request is not wrapped.
            ("PUT", $"auth/approle/role/{SandboxCluster.Role}/secret-id", new { }),
            ("PUT", "auth/approle/role/other/secret-id", new { }),
            ("GET", $"auth/approle/role/{SandboxCluster.Role}/role-id", null),
            ("PUT", $"auth/approle/role/{SandboxCluster.Role}/custom-secret-id", new { secret_id = "mine" }),
            ("GET", $"auth/approle/role/{SandboxCluster.Role}", null),
            ("POST", "auth/token/create", new { }),
            ("POST", "auth/token/lookup-accessor", new { accessor = "x" }),
            ("GET", "auth/token/roles/other", null),
            ("PUT", "intermediate-ca/issue/other", new { common_name = "x" }),
            ("PUT", "sys/policies/acl/kubernetes-vault", new { policy = "" }),
        })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), $"v1/{path}") { Content = body is null ? null : new StringContent(JsonSerializer.Serialize(body)) };
            using var response = await http.SendAsync(request);
            Assert.True(response.StatusCode == HttpStatusCode.Forbidden, $"{method} {path}: {response.StatusCode}");
        }
    }
}
