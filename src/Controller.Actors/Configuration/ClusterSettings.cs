using System.Net;

namespace AkkaVault.Controller.Configuration;

/// <summary>The <c>cluster</c> section: how the controllers find and reach one another.</summary>
/// <param name="Address">Where other controllers reach the remoting of this one: the pod's IP.</param>
/// <param name="Replicas">How many controllers the installation has.</param>
/// <param name="RequiredContactPoints">How many controllers must be reachable before they form a new cluster.</param>
/// <param name="Tls">The TLS settings of remoting; null: remoting does not use TLS.</param>
/// <param name="Downing">Which controllers go on after a partition.</param>
internal sealed record ClusterSettings(IPEndPoint Address, int Replicas, int RequiredContactPoints, ClusterTls? Tls, DowningStrategy Downing);

/// <summary>Which side of a partition goes on (<c>cluster.downing</c>). The controllers of the other side end, and their kubelets restart them.</summary>
internal enum DowningStrategy
{
    /// <summary>The larger side. If the sides have the same size: the side with the lowest address.</summary>
    KeepMajority,

    /// <summary>The side that gets a Kubernetes Lease. The smaller side tries later than the larger one.</summary>
    LeaseMajority,
}

/// <summary>The <c>cluster.tls</c> section: controllers verify each other's certificates, in both directions.</summary>
/// <param name="Certificate">Where the certificate of this controller comes from.</param>
/// <param name="Ca">The CAs that the certificates of the other controllers must chain to.</param>
internal sealed record ClusterTls(CertificateSource Certificate, CaSource Ca);
