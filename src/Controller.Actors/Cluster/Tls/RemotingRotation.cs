using System.Security.Cryptography.X509Certificates;
using AkkaVault.Shared;

namespace AkkaVault.Controller.Cluster.Tls;

/// <summary>The lifetime of a certificate.</summary>
internal sealed record CertificateLife(string Thumbprint, DateTimeOffset From, DateTimeOffset To)
{
    public static CertificateLife Of(X509Certificate2 certificate) => new(certificate.Thumbprint, certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
}

/// <summary>What is done about the certificate of remoting.</summary>
internal enum RotationEffect
{
    /// <summary>Warn that it ends soon, and that there is no newer one.</summary>
    Warn,

    /// <summary>Leave the cluster and end the process: the next process uses the newest certificate.</summary>
    Restart,
}

/// <summary>
/// When a controller restarts for a new certificate, which Akka reads only at the start. It restarts in the last third of the
/// certificate's life, at a random moment and with all members there; and before the certificate ends in any case. It does so only
/// for a newer certificate that gains time. <paramref name="Share"/> is a random number from 0 to 1, drawn once, so that the controllers
/// do not restart together.
/// </summary>
internal sealed record RemotingRotation(CertificateLife InUse, double Share, bool IsWarned = false)
{
    private TimeSpan Life => InUse.To - InUse.From;

    /// <summary>From when on it restarts: after two thirds to five sixths of the certificate's life.</summary>
    public DateTimeOffset Due => InUse.To - (Life * ((2 - Share) / 6));

    /// <summary>From when on it does not wait for all members.</summary>
    public DateTimeOffset Overdue => OverdueOf(InUse);

    /// <summary>Between two checks.</summary>
    public TimeSpan Interval => TimeSpan.FromSeconds(Math.Clamp(Life.TotalSeconds / 200, 1, 60));

    public Transition<RemotingRotation, RotationEffect> Handle(CertificateLife newest, bool isComplete, DateTimeOffset now) => Gains(newest, now) switch
    {
        true when now >= Overdue || (now >= Due && isComplete) => new(this, [RotationEffect.Restart]),
        false when now >= Overdue && !IsWarned => new(this with { IsWarned = true }, [RotationEffect.Warn]),
        _ => new(this, []),
    };

    // A certificate that ends no later (its CA ends soon), or that is overdue itself (this clock is ahead), would cause one restart after another.
    private bool Gains(CertificateLife newest, DateTimeOffset now) =>
        newest.Thumbprint != InUse.Thumbprint && newest.To > InUse.To && now < OverdueOf(newest);

    private static DateTimeOffset OverdueOf(CertificateLife life) => life.To - ((life.To - life.From) / 12);
}
