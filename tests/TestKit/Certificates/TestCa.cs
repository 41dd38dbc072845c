using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AkkaVault.Shared.Certificates;

namespace AkkaVault.Tests.TestKit.Certificates;

/// <summary>A CA for tests. It issues server certificates.</summary>
public sealed class TestCa : IDisposable
{
    private readonly CertificateSubject _subject;

    public TestCa(string name)
    {
        _subject = CertificateSubject.New(name);
        Certificate = _subject.WithKeyBy(_subject, new CertificateOptions());
    }

    public X509Certificate2 Certificate { get; }

    public string Pem => Certificate.ExportCertificatePem() + "\n";

    /// <summary>A server certificate.</summary>
    /// <param name="address">The only name in the certificate.</param>
    /// <param name="until">How long the certificate is valid from now on; negative: it has expired.</param>
    public X509Certificate2 Issue(IPAddress address, TimeSpan until) => Issue(address, until, TrustAnchors.ServerAuthentication);

    /// <summary>A certificate for certain purposes.</summary>
    public X509Certificate2 Issue(IPAddress address, TimeSpan until, params IReadOnlyList<Oid> purposes) => CertificateSubject.New("vault").WithKeyBy(
        _subject, new CertificateOptions { Authority = false, Lifetime = until, Names = [address.ToString()], Purposes = purposes });

    /// <summary>A server certificate with these names and addresses.</summary>
    public X509Certificate2 Issue(params IReadOnlyList<string> names) => CertificateSubject.New("vault").WithKeyBy(
        _subject, new CertificateOptions { Authority = false, Names = names, Purposes = [TrustAnchors.ServerAuthentication] });

    public void Dispose() => Certificate.Dispose();
}
