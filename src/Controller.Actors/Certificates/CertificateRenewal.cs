using System.Collections.Immutable;
using AkkaVault.Controller.Common;

namespace AkkaVault.Controller.Certificates;

/// <summary>What can happen to the keeping of something that goes out of date. Results carry the number of their operation.</summary>
public abstract record CertificateRenewalInput
{
    private CertificateRenewalInput()
    {
    }

    /// <summary>The keeper begins.</summary>
    public sealed record Started : CertificateRenewalInput;

    /// <summary>It was loaded, anew or as it was.</summary>
    /// <param name="Operation">The operation.</param>
    /// <param name="Changed">Whether it differs from what was there.</param>
    /// <param name="Description">What it is, for people.</param>
    /// <param name="NextLoad">When it is to be loaded again.</param>
    public sealed record Loaded(int Operation, bool Changed, string Description, DateTimeOffset NextLoad) : CertificateRenewalInput;

    /// <summary>It could not be loaded.</summary>
    /// <param name="Operation">The operation.</param>
    /// <param name="Problem">Why, for people.</param>
    /// <param name="RetryAfter">How long to wait at least: Vault asked for it, or each attempt costs something there.</param>
    public sealed record Failed(int Operation, string Problem, TimeSpan? RetryAfter = null) : CertificateRenewalInput;

    /// <summary>A wait is over.</summary>
    public sealed record LoadDue(int Operation) : CertificateRenewalInput;
}

/// <summary>What the keeping wants done.</summary>
public abstract record CertificateRenewalEffect
{
    private CertificateRenewalEffect()
    {
    }

    /// <summary>Load it; answer with <see cref="CertificateRenewalInput.Loaded"/> or <see cref="CertificateRenewalInput.Failed"/>.</summary>
    public sealed record Load(int Operation) : CertificateRenewalEffect;

    /// <summary>Wait; answer with <see cref="CertificateRenewalInput.LoadDue"/>.</summary>
    public sealed record ScheduleLoad(int Operation, TimeSpan Delay) : CertificateRenewalEffect;

    /// <summary>A line in the log.</summary>
    public sealed record Log(bool Good, string Text) : CertificateRenewalEffect;
}

/// <summary>What an input leads to.</summary>
public sealed record CertificateRenewalStep(CertificateRenewal Keeping, ImmutableList<CertificateRenewalEffect> Effects);

/// <summary>
/// How a certificate or a CA bundle is kept fresh, as a pure state machine: loaded, loaded again when it is time, and when that
/// fails kept as it is while it is tried again with backoff.
/// </summary>
/// <param name="Operation">Number of the operation under way; answers to older ones are late.</param>
/// <param name="Failures">Failures in a row.</param>
/// <param name="LastProblem">What was last said to be wrong: the same is not said again.</param>
public sealed record CertificateRenewal(int Operation, int Failures, string LastProblem)
{
    /// <summary>Between attempts to load what could not be loaded.</summary>
    public static readonly Backoff Retry = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(30));

    /// <summary>A keeping that has not begun.</summary>
    public static readonly CertificateRenewal Initial = new(0, 0, "");

    /// <summary>The transition function.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="now">This node's clock.</param>
    /// <param name="jitter">A random number from 0 to 1.</param>
    public CertificateRenewalStep Handle(CertificateRenewalInput input, DateTimeOffset now, double jitter) => input switch
    {
        CertificateRenewalInput.Started => ThenLoad(),
        CertificateRenewalInput.LoadDue over when over.Operation == Operation => ThenLoad(),
        CertificateRenewalInput.Loaded loaded when loaded.Operation == Operation => HandleLoaded(loaded, now),
        CertificateRenewalInput.Failed failed when failed.Operation == Operation => HandleFailed(failed, jitter),
        _ => new CertificateRenewalStep(this, []),
    };

    private CertificateRenewalStep HandleLoaded(CertificateRenewalInput.Loaded loaded, DateTimeOffset now)
    {
        var next = new CertificateRenewal(Operation + 1, 0, "");
        var delay = loaded.NextLoad > now ? loaded.NextLoad - now : TimeSpan.Zero;
        // What is out of date as soon as it is loaded must not be asked for without a pause.
        if (delay < Retry.First) delay = Retry.First;
        CertificateRenewalEffect wait = new CertificateRenewalEffect.ScheduleLoad(next.Operation, delay);
        return new CertificateRenewalStep(next, loaded.Changed || Failures > 0 ? [new CertificateRenewalEffect.Log(true, loaded.Description), wait] : [wait]);
    }

    private CertificateRenewalStep HandleFailed(CertificateRenewalInput.Failed failed, double jitter)
    {
        var next = new CertificateRenewal(Operation + 1, Failures + 1, failed.Problem);
        CertificateRenewalEffect wait = new CertificateRenewalEffect.ScheduleLoad(next.Operation, Retry.AfterAtLeast(next.Failures, jitter, failed.RetryAfter));
        return new CertificateRenewalStep(next, failed.Problem == LastProblem ? [wait] : [new CertificateRenewalEffect.Log(false, failed.Problem), wait]);
    }

    private CertificateRenewalStep ThenLoad() => new(this with { Operation = Operation + 1 }, [new CertificateRenewalEffect.Load(Operation + 1)]);
}
