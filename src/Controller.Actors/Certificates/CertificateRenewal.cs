using AkkaVault.Shared;
using Transition = AkkaVault.Shared.Transition<AkkaVault.Controller.Certificates.CertificateRenewal, AkkaVault.Controller.Certificates.CertificateRenewalEffect>;

namespace AkkaVault.Controller.Certificates;

/// <summary>
/// How a certificate or a CA bundle is renewed, as a pure state machine: it is loaded again when that is due. Where that fails, the one in
/// use stays in use, and loading is tried again with backoff.
/// </summary>
/// <param name="Operation">Number of the operation under way; answers to older ones are late.</param>
/// <param name="Failures">Failures in a row.</param>
/// <param name="LastProblem">The problem that was logged last: the same problem is not logged again.</param>
internal sealed record CertificateRenewal(int Operation, int Failures, string LastProblem)
{
    /// <summary>Between attempts after a failure.</summary>
    public static readonly Backoff Retry = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(30));

    /// <summary>Before the first load.</summary>
    public static readonly CertificateRenewal Initial = new(0, 0, "");

    /// <summary>The transition function.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="now">This node's clock.</param>
    /// <param name="jitter">A random number from 0 to 1.</param>
    public Transition Handle(CertificateRenewalInput input, DateTimeOffset now, double jitter) => input switch
    {
        CertificateRenewalInput.Started => ThenLoad(),
        CertificateRenewalInput.LoadDue due when due.Operation == Operation => ThenLoad(),
        CertificateRenewalInput.Loaded loaded when loaded.Operation == Operation => HandleLoaded(loaded, now),
        CertificateRenewalInput.Failed failed when failed.Operation == Operation => HandleFailed(failed, jitter),
        _ => new Transition(this, []),
    };

    private Transition HandleLoaded(CertificateRenewalInput.Loaded loaded, DateTimeOffset now)
    {
        var next = new CertificateRenewal(Operation + 1, 0, "");
        var delay = loaded.NextLoad - now;
        // A certificate that is out of date as soon as it is loaded must not be loaded again without a pause.
        CertificateRenewalEffect load = new CertificateRenewalEffect.ScheduleLoad(next.Operation, delay < Retry.First ? Retry.First : delay);
        return new Transition(next, loaded.Changed || Failures > 0 ? [new CertificateRenewalEffect.Log(true, loaded.Description), load] : [load]);
    }

    private Transition HandleFailed(CertificateRenewalInput.Failed failed, double jitter)
    {
        var next = new CertificateRenewal(Operation + 1, Failures + 1, failed.Problem);
        CertificateRenewalEffect load = new CertificateRenewalEffect.ScheduleLoad(next.Operation, Retry.AfterAtLeast(next.Failures, jitter, failed.RetryAfter));
        return new Transition(next, failed.Problem == LastProblem ? [load] : [new CertificateRenewalEffect.Log(false, failed.Problem), load]);
    }

    private Transition ThenLoad() => new(this with { Operation = Operation + 1 }, [new CertificateRenewalEffect.Load(Operation + 1)]);
}
