using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using AkkaVault.Controller.Kubernetes;

namespace AkkaVault.Controller.Cluster.Leases;

/// <summary>One Lease of coordination.k8s.io/v1 (https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/lease-v1/).</summary>
internal sealed class LeaseObject(ApiServer api, string ns, string name, TimeProvider clock)
{
    private const string MicroTime = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
    private readonly string _collection = $"apis/coordination.k8s.io/v1/namespaces/{Uri.EscapeDataString(ns)}/leases";

    private string Path => $"{_collection}/{Uri.EscapeDataString(name)}";

    /// <summary>Reads the Lease and writes what is decided; starts again when another process has written it meanwhile.</summary>
    /// <param name="decide">Given what was read (null: there is no Lease) and the time.</param>
    /// <param name="cancellation">Cancels the requests.</param>
    /// <returns>The last decision; if it is a write, it has been done.</returns>
    /// <exception cref="ApiServerException">The API server refused.</exception>
    /// <exception cref="HttpRequestException">The API server cannot be reached.</exception>
    /// <exception cref="JsonException">The answer is no Lease.</exception>
    public async Task<LeaseStep> ApplyAsync(Func<LeaseRecord?, DateTimeOffset, LeaseStep> decide, CancellationToken cancellation)
    {
        while (true)
        {
            var found = await ReadAsync(cancellation).ConfigureAwait(false);
            var step = decide(found is null ? null : RecordOf(found.Spec), clock.GetUtcNow());
            if (step is not LeaseStep.Write write || await WriteAsync(write.Record, found?.Metadata, cancellation).ConfigureAwait(false)) return step;
        }
    }

    private async Task<LeaseDocument?> ReadAsync(CancellationToken cancellation)
    {
        using var response = await api.GetAsync(Path, cancellation).ConfigureAwait(false);
        if (!await ApiServerException.ThrowUnlessOkOrMissingAsync(response, cancellation).ConfigureAwait(false)) return null;
        var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        return await JsonSerializer.DeserializeAsync(body, LeaseJson.Default.LeaseDocument, cancellation).ConfigureAwait(false)
            ?? throw new JsonException("expected a Lease, got null");
    }

    /// <returns>False: the Lease has changed since it was read.</returns>
    private async Task<bool> WriteAsync(LeaseRecord record, LeaseMetadata? read, CancellationToken cancellation)
    {
        var document = new LeaseDocument(
            "coordination.k8s.io/v1", "Lease", new LeaseMetadata(name, ns, read?.Uid, read?.ResourceVersion),
            new LeaseSpec(record.Holder, (int)Math.Ceiling(record.Duration.TotalSeconds), Written(record.Acquired), Written(record.Renewed), record.Transitions));
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(document, LeaseJson.Default.LeaseDocument));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = read is null
            ? await api.SendAsync(HttpMethod.Post, _collection, content, cancellation).ConfigureAwait(false)
            : await api.SendAsync(HttpMethod.Put, Path, content, cancellation).ConfigureAwait(false);
        // Not found: deleted since it was read, or, when it is created, a namespace that does not exist, which is an error.
        if (await ApiServerException.OfAsync(response, cancellation).ConfigureAwait(false) is not { } refused) return true;
        return refused.Code == (int)HttpStatusCode.Conflict || (read is not null && refused.Code == (int)HttpStatusCode.NotFound) ? false : throw refused;
    }

    // A time that is missing or malformed (a Lease can be written by hand) counts as long ago: the Lease is free.
    private static LeaseRecord RecordOf(LeaseSpec? spec) => new(
        spec?.HolderIdentity is { Length: > 0 } holder ? holder : null, TimeSpan.FromSeconds(spec?.LeaseDurationSeconds ?? 0),
        Read(spec?.AcquireTime), Read(spec?.RenewTime), spec?.LeaseTransitions ?? 0);

    private static string Written(DateTimeOffset time) => time.UtcDateTime.ToString(MicroTime, CultureInfo.InvariantCulture);

    private static DateTimeOffset Read(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : DateTimeOffset.UnixEpoch;
}

internal sealed record LeaseDocument(string ApiVersion, string Kind, LeaseMetadata Metadata, LeaseSpec? Spec);

internal sealed record LeaseMetadata(string Name, string Namespace, string? Uid, string? ResourceVersion);

internal sealed record LeaseSpec(string? HolderIdentity, int? LeaseDurationSeconds, string? AcquireTime, string? RenewTime, int? LeaseTransitions);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LeaseDocument))]
internal sealed partial class LeaseJson : JsonSerializerContext;
