using System.Security.Cryptography;

namespace AkkaVault.Tests.TestKit.Certificates;

/// <summary>The properties of a test's certificate.</summary>
public sealed record CertificateOptions
{
    /// <summary>Whether the certificate has the identifiers of its key and its issuer's key.</summary>
    public bool KeyIds { get; init; }

    /// <summary>Whether the certificate has expired.</summary>
    public bool Expired { get; init; }

    /// <summary>How long the certificate is valid from now on; negative: it has expired.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromDays(2);

    /// <summary>Whether the certificate may issue others.</summary>
    public bool Authority { get; init; } = true;

    /// <summary>How many authorities may follow below the certificate; null: any number.</summary>
    public int? PathLength { get; init; }

    /// <summary>The extended key usages; empty: any use.</summary>
    public IReadOnlyList<Oid> Purposes { get; init; } = [];

    /// <summary>The only domain for which the authority may issue certificates; null: any.</summary>
    public string? Domain { get; init; }

    /// <summary>The address of the issuer's certificate (RFC 5280, 4.2.2.1); null: the certificate does not name it.</summary>
    public Uri? IssuerAddress { get; init; }

    /// <summary>DNS names and IP addresses.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];
}
