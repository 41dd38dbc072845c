using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Controller.Kubernetes.Access;
using AkkaVault.Shared.Http;

namespace AkkaVault.Cli.Checking;

/// <summary>
/// Checks the API server: asks by SelfSubjectAccessReviews whether the user of this command has the rights that a controller needs
/// (https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access).
/// </summary>
/// <param name="configuration">The configuration.</param>
/// <param name="kubeconfig">Which kubeconfig is used.</param>
/// <param name="timeout">The time limit of one request.</param>
internal sealed class KubernetesChecks(ControllerConfiguration configuration, KubeconfigChoice kubeconfig, TimeSpan timeout)
{
    private const string Reached = "Kubernetes is reached";

    /// <summary>Runs the checks.</summary>
    public async Task<IReadOnlyList<Check>> RunAsync(CancellationToken cancellation)
    {
        var rights = KubernetesRights.Of(configuration);
        var checks = new List<Check>();
        try
        {
            using var api = ApiServer.Connect(kubeconfig);
            var granted = new HashSet<KubernetesRight>();
            foreach (var right in rights)
            {
                if (await MayAsync(api, right, cancellation).ConfigureAwait(false)) granted.Add(right);
            }

            checks.AddRange(rights.Select(right => KubernetesRights.Judge(right, granted)));
            if (configuration.Cluster is null) checks.Add(await new NeighbourCheck(api, configuration.Kubernetes, timeout).RunAsync(cancellation).ConfigureAwait(false));
            checks.Insert(0, Check.Ok(Reached, $"{api.Address}"));
        }
        catch (Exception e) when (e is ApiServerException or HttpRequestException or JsonException or KubeconfigException or IOException or UnauthorizedAccessException or TimeoutException)
        {
            checks.Insert(0, Check.Failed(Reached, Causes.Of(e), "Set KUBECONFIG, or run this in a pod with the controllers' service account."));
            if (checks.Count == 1) checks.AddRange(rights.Select(right => Check.Skipped(KubernetesRights.NameOf(right), "the API server could not be asked")));
        }

        return checks;
    }

    private async Task<bool> MayAsync(ApiServer api, KubernetesRight right, CancellationToken cancellation)
    {
        var review = new AccessReview("authorization.k8s.io/v1", "SelfSubjectAccessReview", new AccessSpecification(
            new AccessAttributes(right.Verb, Unless(right.Group), right.Resource, Unless(right.Namespace), Unless(right.Name))), null);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(timeout);
        try
        {
            using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(review, AccessJson.Default.AccessReview)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            using var response = await api.SendAsync(HttpMethod.Post, "apis/authorization.k8s.io/v1/selfsubjectaccessreviews", content, deadline.Token).ConfigureAwait(false);
            await ApiServerException.ThrowUnlessOkAsync(response, deadline.Token).ConfigureAwait(false);
            var answer = await JsonSerializer.DeserializeAsync(
                await response.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false), AccessJson.Default.AccessReview, deadline.Token).ConfigureAwait(false);
            return answer?.Status?.Allowed ?? throw new JsonException("the API server's answer lacks status.allowed");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"{api.Address} did not answer within {timeout.TotalSeconds:0.###}s");
        }
    }

    private static string? Unless(string text) => text.Length == 0 ? null : text;
}

internal sealed record AccessReview(string ApiVersion, string Kind, AccessSpecification Spec, AccessStatus? Status);

internal sealed record AccessSpecification(AccessAttributes ResourceAttributes);

internal sealed record AccessAttributes(string Verb, string? Group, string Resource, string? Namespace, string? Name);

internal sealed record AccessStatus(bool Allowed);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AccessReview))]
internal sealed partial class AccessJson : JsonSerializerContext;
