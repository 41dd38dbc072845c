using System.Net;

namespace AkkaVault.Controller.Configuration;

/// <summary>The <c>cluster</c> section: how this controller and the others find and reach one another.</summary>
/// <param name="Address">Where the others reach this controller's remoting: the pod's IP.</param>
/// <param name="Replicas">How many controllers there are to be.</param>
/// <param name="RequiredContactPoints">How many of them must be reachable before a new cluster is formed.</param>
/// <param name="Tls">How remoting is secured; null: it is not.</param>
/// <param name="Downing">Who goes on when they lose sight of one another.</param>
public sealed record ClusterSettings(IPEndPoint Address, int Replicas, int RequiredContactPoints, ClusterTls? Tls, DowningStrategy Downing);

/// <summary>Which side of a partition goes on (<c>cluster.downing</c>); the other ends, and is started again.</summary>
public enum DowningStrategy
{
    /// <summary>The larger one; of two halves, that with the lowest address.</summary>
    KeepMajority,

    /// <summary>The one that gets a Kubernetes Lease; the smaller one tries later.</summary>
    LeaseMajority,
}

/// <summary>The <c>cluster.tls</c> section: controllers know one another by certificates, both ways.</summary>
/// <param name="Certificate">Where this controller's own comes from.</param>
/// <param name="Ca">What those of the others must chain to.</param>
public sealed record ClusterTls(CertificateSource Certificate, CaSource Ca);
