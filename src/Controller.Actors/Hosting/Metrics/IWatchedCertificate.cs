using AkkaVault.Controller.Certificates;
using AkkaVault.Controller.Cluster.Tls;

namespace AkkaVault.Controller.Hosting.Metrics;

/// <summary>A certificate that this node presents, with metrics of its lifetime.</summary>
internal interface IWatchedCertificate
{
    /// <summary>The metrics' label.</summary>
    string Label { get; }

    /// <summary>Its lifetime; null: there is no certificate yet.</summary>
    CertificateLife? Life { get; }
}

/// <summary>The certificate of the metrics port.</summary>
internal sealed class MetricsCertificate(ServerCertificate certificate) : IWatchedCertificate
{
    public string Label => "metrics";

    public CertificateLife? Life => certificate.IsLoaded ? CertificateLife.Of(certificate.Current.TargetCertificate) : null;
}

/// <summary>The certificate that remoting uses: a newer one only after the restart for it.</summary>
internal sealed class RemotingCertificate(RemotingTls tls) : IWatchedCertificate
{
    public string Label => "remoting";

    public CertificateLife? Life => tls.InUse;
}
