using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Sandbox;

namespace AkkaVault.Soak.Tests;

/// <summary>The controller's login by service account, until its token was renewed and it has logged in again.</summary>
public sealed class ServiceAccountLoginTests
{
    private const string Own = "controller";

    [Fact]
    public async Task With_its_service_account_the_controller_logs_in_at_the_Kubernetes_auth_method()
    {
        using var signer = new ServiceAccountTokens();
        await using var cluster = await SandboxCluster.StartAsync(_ => { }, new CancellationTokenSource(TimeSpan.FromMinutes(4)).Token, new SandboxSetup
        {
            Prepare = c =>
            {
                c.Vault.Setup.EnableKubernetesAuth(signer, "clusters/blue");
                c.Vault.Setup.CreateKubernetesRole(Own, new KubernetesRoleSettings
                {
                    ServiceAccounts = ["kubernetes-vault"],
                    Namespaces = ["vault"],
                    Policies = ["kubernetes-vault"],
                    TokenTtl = TimeSpan.FromSeconds(10),
                    TokenMaxTtl = TimeSpan.FromSeconds(20),
                }, "clusters/blue");
                File.WriteAllText(Path.Combine(c.Directory, "jwt"), signer.Sign("vault", "kubernetes-vault"));
            },
            VaultKeys = c => $"auth: {{kubernetes: {{mount: clusters/blue, role: {Own}, jwtPath: \"{c.Directory}/jwt\"}}}}",
        });
        await cluster.ServedAsync(await cluster.RunPodAsync(cluster.Plan("first")));
        // The controller renews its token as long as Vault allows, and then logs in again. It always has a token.
        await Eventually.TrueAsync(() => cluster.Said("Logged in to Vault") >= 3, "it logs in again and again", TimeSpan.FromMinutes(2));
        await Eventually.TrueAsync(async () => await cluster.Controller.MetricAsync("kubernetesvault_vault_token_renewal_requests_total", default) > 0, "it renews");
        Assert.Equal(0, cluster.Said("The Vault token is lost"));
        await cluster.ServedAsync(await cluster.RunPodAsync(cluster.Plan("later")));
        cluster.NoSecretWasSaid();
        cluster.Controller.Process.Output.ToList().ForEach(line => Assert.DoesNotContain(signer.Signed, jwt => line.Contains(jwt, StringComparison.Ordinal)));
    }
}
