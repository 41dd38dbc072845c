using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Vault;

/// <summary>Asks an API server to which service account a token belongs (<c>TokenReview</c>), as Vault's Kubernetes auth method does.</summary>
internal static class TokenReview
{
    private const string ApiVersion = "authentication.k8s.io/v1";

    /// <summary>The folder that the kubelet mounts into Vault's pod, with the token of the pod's service account and the API server's authority.</summary>
    private const string Account = "/var/run/secrets/kubernetes.io/serviceaccount";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Whether the API server says that the token belongs to this account; false also when the API server does not answer.</summary>
    public static bool Knows(KubernetesConfig config, string jwt, ServiceAccountClaims account)
    {
        try
        {
            var status = Ask(config, jwt)["status"];
            return (bool?)status?["authenticated"] == true
                && (string?)status["user"]?["username"] == $"system:serviceaccount:{account.Namespace}:{account.Name}"
                && (string?)status["user"]?["uid"] == account.Uid;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            Console.Error.WriteLine($"TokenReview at {config.Host}: {e.Message} {e.InnerException?.Message}");
            return false;
        }
    }

    private static JsonNode Ask(KubernetesConfig config, string jwt)
    {
        var authorities = config.Authorities.Length > 0 ? config.Authorities : Mounted("ca.crt");
        using var handler = new SocketsHttpHandler { UseProxy = false };
        if (authorities is not null) handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Trusting(authorities) };
        using var http = new HttpClient(handler) { Timeout = Patience };
        var review = new JsonObject { ["apiVersion"] = ApiVersion, ["kind"] = "TokenReview", ["spec"] = new JsonObject { ["token"] = jwt } };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{config.Host.TrimEnd('/')}/apis/{ApiVersion}/tokenreviews");
        request.Content = new StringContent(review.ToJsonString(), Encoding.UTF8, "application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", config.ReviewerToken.Length > 0 ? config.ReviewerToken : Mounted("token") ?? jwt);
        using var response = http.Send(request);
        response.EnsureSuccessStatusCode();
        using var body = response.Content.ReadAsStream();
        return JsonNode.Parse(body) ?? new JsonObject();
    }

    private static string? Mounted(string name) => Path.Combine(Account, name) is var file && File.Exists(file) ? File.ReadAllText(file).Trim() : null;

    private static X509ChainPolicy Trusting(string authorities)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPem(authorities);
        return policy;
    }
}
