using System.Net;

namespace AkkaVault.Sandbox.Vault;

/// <summary>A request that the simulated Vault received. The entry holds no secret.</summary>
/// <param name="Time">When Vault answered, by Vault's clock.</param>
/// <param name="Method">The HTTP method; <c>LIST</c> also for a GET with <c>?list=true</c>.</param>
/// <param name="Path">The path below <c>/v1/</c>, without the namespace.</param>
/// <param name="Status">The status of the answer; 0 when the connection was cut.</param>
/// <param name="TokenAccessor">The accessor of the request's token; null when the request has no token or Vault does not know it.</param>
public sealed record AuditEntry(DateTimeOffset Time, string Method, string Path, int Status, string? TokenAccessor)
{
    /// <summary>The requested namespace, without slashes at its ends; null: none.</summary>
    public string? Namespace { get; init; }

    /// <summary>The client's address.</summary>
    public IPAddress RemoteAddress { get; init; } = IPAddress.None;

    /// <summary>The <c>X-Vault-Wrap-TTL</c> header; null when the request has none.</summary>
    public string? WrapTtl { get; init; }

    /// <summary>The metadata in a request for a secret_id, whatever the answer was; empty for other requests.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>The <c>cidr_list</c> in a request for a secret_id; empty for other requests.</summary>
    public IReadOnlyList<string> CidrList { get; init; } = [];

    /// <summary>The <c>token_bound_cidrs</c> in a request for a secret_id; empty for other requests.</summary>
    public IReadOnlyList<string> TokenBoundCidrs { get; init; } = [];

    internal static AuditEntry Of(VaultRequest request, int status, DateTimeOffset time)
    {
        var entry = new AuditEntry(time, request.Method, request.Path, status, request.TokenAccessor)
        {
            Namespace = request.Namespace,
            RemoteAddress = request.RemoteAddress.IsIPv4MappedToIPv6 ? request.RemoteAddress.MapToIPv4() : request.RemoteAddress,
            WrapTtl = request.WrapTtl,
        };
        if (!request.Writes || request.Segments is not ["auth", .., "role", _, "secret-id"]) return entry;
        try
        {
            return entry with
            {
                Metadata = SecretIdMetadata.Parse(request.Data.Text("metadata")),
                CidrList = request.Data.Texts("cidr_list") ?? [],
                TokenBoundCidrs = request.Data.Texts("token_bound_cidrs") ?? [],
            };
        }
        catch (VaultRefusal)
        {
            // Vault rejected this body, and its fields cannot be read.
            return entry;
        }
    }
}
