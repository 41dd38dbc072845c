using System.Net;

namespace AkkaVault.Sandbox.Vault;

/// <summary>A request that the simulated Vault saw; no secret is in it.</summary>
/// <param name="Time">When it was answered, by Vault's clock.</param>
/// <param name="Method">The HTTP method; <c>LIST</c> also for a GET with <c>?list=true</c>.</param>
/// <param name="Path">The path below <c>/v1/</c>, without the namespace.</param>
/// <param name="Status">The status answered; 0 when the connection was cut.</param>
/// <param name="TokenAccessor">The accessor of the token used; null when none came or it was unknown.</param>
public sealed record AuditEntry(DateTimeOffset Time, string Method, string Path, int Status, string? TokenAccessor)
{
    /// <summary>The namespace asked for, without slashes at its ends; null: none.</summary>
    public string? Namespace { get; init; }

    /// <summary>Who asked.</summary>
    public IPAddress RemoteAddress { get; init; } = IPAddress.None;

    /// <summary>The <c>X-Vault-Wrap-TTL</c> header as it was sent; null when none came.</summary>
    public string? WrapTtl { get; init; }

    /// <summary>For requests of a secret_id: the metadata asked for, whatever the answer was; else empty.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>For requests of a secret_id: the <c>cidr_list</c> asked for; else empty.</summary>
    public IReadOnlyList<string> CidrList { get; init; } = [];

    /// <summary>For requests of a secret_id: the <c>token_bound_cidrs</c> asked for; else empty.</summary>
    public IReadOnlyList<string> TokenBoundCidrs { get; init; } = [];

    /// <summary>The entry of a request that is done.</summary>
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
            // Such a body was refused, and what it meant to ask for cannot be told.
            return entry;
        }
    }
}
