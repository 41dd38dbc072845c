using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Shared.Http;

namespace AkkaVault.Controller.Ledger.Storage.ConfigMap;

/// <summary>The ledger in one ConfigMap (https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/config-map-v1/).</summary>
/// <param name="api">The API server.</param>
/// <param name="ns">Its namespace.</param>
/// <param name="name">Its name.</param>
/// <param name="clock">Times requests out.</param>
internal sealed class LedgerConfigMap(ApiServer api, string ns, string name, TimeProvider clock) : ILedgerObject
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    private readonly string _collection = $"api/v1/namespaces/{Uri.EscapeDataString(ns)}/configmaps";

    /// <inheritdoc/>
    public string Name => $"ConfigMap {ns}/{name}";

    private string Path => $"{_collection}/{Uri.EscapeDataString(name)}";

    /// <inheritdoc/>
    public async Task<ReadLedger?> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            var map = await SendAsync(HttpMethod.Get, Path, null, cancellation).ConfigureAwait(false);
            return new ReadLedger(new LedgerContent(map.Data ?? [], map.BinaryData ?? []), VersionOf(map));
        }
        catch (LedgerObjectException e) when (e.Failure == LedgerObjectFailure.Missing)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<ObjectVersion> CreateAsync(LedgerContent content, CancellationToken cancellation)
    {
        try
        {
            return VersionOf(await SendAsync(HttpMethod.Post, _collection, Document(content, null), cancellation).ConfigureAwait(false));
        }
        catch (LedgerObjectException e) when (e.Failure == LedgerObjectFailure.Missing)
        {
            // The namespace does not exist.
            throw new LedgerObjectException(LedgerObjectFailure.Refused, e.Message, e);
        }
    }

    /// <inheritdoc/>
    public async Task<ObjectVersion> ReplaceAsync(LedgerContent content, ObjectVersion version, CancellationToken cancellation) =>
        VersionOf(await SendAsync(HttpMethod.Put, Path, Document(content, version), cancellation).ConfigureAwait(false));

    private static ObjectVersion VersionOf(ConfigMapDocument map) => new(map.Metadata.Uid ?? "", map.Metadata.ResourceVersion ?? "");

    private ConfigMapDocument Document(LedgerContent content, ObjectVersion? version) => new(
        "v1", "ConfigMap", new ConfigMapMetadata(name, ns, version?.Uid, version?.ResourceVersion),
        content.Texts.ToDictionary(StringComparer.Ordinal), content.Parts.ToDictionary(StringComparer.Ordinal));

    private async Task<ConfigMapDocument> SendAsync(HttpMethod method, string path, ConfigMapDocument? body, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(RequestTimeout, clock);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        try
        {
            using var content = body is null ? null : new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, ConfigMapJson.Default.ConfigMapDocument));
            if (content is not null) content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await api.SendAsync(method, path, content, deadline.Token).ConfigureAwait(false);
            await ApiServerException.ThrowUnlessOkAsync(response, deadline.Token).ConfigureAwait(false);
            var answer = await response.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false);
            return await JsonSerializer.DeserializeAsync(answer, ConfigMapJson.Default.ConfigMapDocument, deadline.Token).ConfigureAwait(false)
                ?? throw new JsonException("expected a ConfigMap, got null");
        }
        catch (ApiServerException e)
        {
            throw new LedgerObjectException(FailureOf((HttpStatusCode)e.Code), e.Message, e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new LedgerObjectException(LedgerObjectFailure.Unreachable, "no answer in time", e);
        }
        // Any exception, such as for a service account's token that cannot be read: the request is tried again.
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new LedgerObjectException(LedgerObjectFailure.Unreachable, Causes.Of(e), e);
        }
    }

    private static LedgerObjectFailure FailureOf(HttpStatusCode code) => code switch
    {
        HttpStatusCode.Conflict => LedgerObjectFailure.Conflict,
        HttpStatusCode.NotFound => LedgerObjectFailure.Missing,
        HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError => LedgerObjectFailure.Unreachable,
        _ => LedgerObjectFailure.Refused,
    };
}

internal sealed record ConfigMapDocument(
    string ApiVersion, string Kind, ConfigMapMetadata Metadata, Dictionary<string, string>? Data, Dictionary<string, byte[]>? BinaryData);

internal sealed record ConfigMapMetadata(string Name, string Namespace, string? Uid, string? ResourceVersion);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ConfigMapDocument))]
internal sealed partial class ConfigMapJson : JsonSerializerContext;
