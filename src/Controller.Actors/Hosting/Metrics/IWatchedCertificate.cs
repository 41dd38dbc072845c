using AkkaVault.Controller.Certificates;
using AkkaVault.Controller.Cluster.Tls;

namespace AkkaVault.Controller.Hosting.Metrics;

/// <summary>A certificate that this node presents, for metrics.</summary>
internal interface IWatchedCertificate
{
    /// <summary>What it is called there.</summary>
    string Label { get; }

    /// <summary>How long it is good; null: there is none yet.</summary>
    CertificateLife? Life { get; }
}

/// <summary>That of the metrics port.</summary>
/// <param name="certificate">It.</param>
internal sealed class MetricsCertificate(ServerCertificate certificate) : IWatchedCertificate
{
    /// <inheritdoc/>
    public string Label => "metrics";

    /// <inheritdoc/>
    public CertificateLife? Life => certificate.IsLoaded ? CertificateLife.Of(certificate.Current.TargetCertificate) : null;
}

/// <summary>That of remoting, as Akka uses it: a newer one counts when the controller was restarted for it.</summary>
/// <param name="tls">Remoting's.</param>
internal sealed class RemotingCertificate(RemotingTls tls) : IWatchedCertificate
{
    /// <inheritdoc/>
    public string Label => "remoting";

    /// <inheritdoc/>
    public CertificateLife? Life => tls.InUse;
}
