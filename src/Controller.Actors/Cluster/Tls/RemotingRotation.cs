using System.Security.Cryptography.X509Certificates;

namespace AkkaVault.Controller.Cluster.Tls;

/// <summary>How long a certificate is good.</summary>
/// <param name="Thumbprint">Tells it from others.</param>
/// <param name="From">Its begin.</param>
/// <param name="To">Its end.</param>
internal sealed record CertificateLife(string Thumbprint, DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>That of a certificate.</summary>
    public static CertificateLife Of(X509Certificate2 certificate) => new(certificate.Thumbprint, certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
}

/// <summary>What is to be done about the certificate of remoting.</summary>
public enum RotationDecision
{
    /// <summary>Nothing.</summary>
    Keep,

    /// <summary>Say that it ends soon, and that there is no other.</summary>
    Warn,

    /// <summary>Leave the cluster and end the process: started again, it uses the newest.</summary>
    Restart,
}

/// <summary>
/// When a controller is restarted for a new certificate, which Akka takes only when it starts: in the last third of its life,
/// at a moment of its own, with all members there; and before it ends in any case, if there is a newer one that gains something.
/// </summary>
/// <param name="InUse">The certificate that remoting was started with.</param>
/// <param name="Share">A random number from 0 to 1, drawn once: so that the controllers do not leave together.</param>
internal sealed record RemotingRotation(CertificateLife InUse, double Share)
{
    private TimeSpan Life => InUse.To - InUse.From;

    /// <summary>From when on it is restarted: after two thirds to five sixths of the certificate's life.</summary>
    public DateTimeOffset Due => InUse.To - (Life * ((2 - Share) / 6));

    /// <summary>From when on it does not wait for all members.</summary>
    public DateTimeOffset Overdue => OverdueOf(InUse);

    /// <summary>Between two judgements.</summary>
    public TimeSpan Interval => TimeSpan.FromSeconds(Math.Clamp(Life.TotalSeconds / 200, 1, 60));

    /// <summary>Judges.</summary>
    /// <param name="newest">The newest certificate there is.</param>
    /// <param name="complete">Whether all members are up and reachable.</param>
    /// <param name="now">This node's clock.</param>
    public RotationDecision Judge(CertificateLife newest, bool complete, DateTimeOffset now) => Gains(newest, now) switch
    {
        true when now >= Overdue || (now >= Due && complete) => RotationDecision.Restart,
        false when now >= Overdue => RotationDecision.Warn,
        _ => RotationDecision.Keep,
    };

    // One that ends no later (an issuing CA that ends soon), or is overdue itself (a clock that is ahead), would be the reason for
    // the next restart, and so on.
    private bool Gains(CertificateLife newest, DateTimeOffset now) =>
        newest.Thumbprint != InUse.Thumbprint && newest.To > InUse.To && now < OverdueOf(newest);

    private static DateTimeOffset OverdueOf(CertificateLife life) => life.To - ((life.To - life.From) / 12);
}
