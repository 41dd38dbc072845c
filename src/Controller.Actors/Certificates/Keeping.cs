using System.Collections.Immutable;
using AkkaVault.Controller.Pods;

namespace AkkaVault.Controller.Certificates;

/// <summary>What can happen to the keeping of something that goes out of date. Results carry the number of their operation.</summary>
public abstract record KeepingInput
{
    private KeepingInput()
    {
    }

    /// <summary>The keeper begins.</summary>
    public sealed record Started : KeepingInput;

    /// <summary>It was loaded, anew or as it was.</summary>
    /// <param name="Operation">The operation.</param>
    /// <param name="Changed">Whether it differs from what was there.</param>
    /// <param name="Description">What it is, for people.</param>
    /// <param name="NextLook">When it is to be loaded again.</param>
    public sealed record Loaded(int Operation, bool Changed, string Description, DateTimeOffset NextLook) : KeepingInput;

    /// <summary>It could not be loaded.</summary>
    /// <param name="Operation">The operation.</param>
    /// <param name="Problem">Why, for people.</param>
    /// <param name="RetryAfter">How long to wait at least: Vault asked for it, or each attempt costs something there.</param>
    public sealed record Failed(int Operation, string Problem, TimeSpan? RetryAfter = null) : KeepingInput;

    /// <summary>A wait is over.</summary>
    public sealed record WaitOver(int Operation) : KeepingInput;
}

/// <summary>What the keeping wants done.</summary>
public abstract record KeepingEffect
{
    private KeepingEffect()
    {
    }

    /// <summary>Load it; answer with <see cref="KeepingInput.Loaded"/> or <see cref="KeepingInput.Failed"/>.</summary>
    public sealed record Load(int Operation) : KeepingEffect;

    /// <summary>Wait; answer with <see cref="KeepingInput.WaitOver"/>.</summary>
    public sealed record Wait(int Operation, TimeSpan Delay) : KeepingEffect;

    /// <summary>A line in the log.</summary>
    public sealed record Say(bool Good, string Text) : KeepingEffect;
}

/// <summary>What an input leads to.</summary>
public sealed record KeepingStep(Keeping Keeping, ImmutableList<KeepingEffect> Effects);

/// <summary>
/// How a certificate or a CA bundle is kept fresh, as a pure state machine: loaded, loaded again when it is time, and when that
/// fails kept as it is while it is tried again with backoff.
/// </summary>
/// <param name="Operation">Number of the operation under way; answers to older ones are late.</param>
/// <param name="Failures">Failures in a row.</param>
/// <param name="LastProblem">What was last said to be wrong: the same is not said again.</param>
public sealed record Keeping(int Operation, int Failures, string LastProblem)
{
    /// <summary>Between attempts to load what could not be loaded.</summary>
    public static readonly Backoff Retry = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(30));

    /// <summary>A keeping that has not begun.</summary>
    public static readonly Keeping New = new(0, 0, "");

    /// <summary>The transition function.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="now">This node's clock.</param>
    /// <param name="jitter">A random number from 0 to 1.</param>
    public KeepingStep On(KeepingInput input, DateTimeOffset now, double jitter) => input switch
    {
        KeepingInput.Started => ThenLoad(),
        KeepingInput.WaitOver over when over.Operation == Operation => ThenLoad(),
        KeepingInput.Loaded loaded when loaded.Operation == Operation => OnLoaded(loaded, now),
        KeepingInput.Failed failed when failed.Operation == Operation => OnFailed(failed, jitter),
        _ => new KeepingStep(this, []),
    };

    private KeepingStep OnLoaded(KeepingInput.Loaded loaded, DateTimeOffset now)
    {
        var next = new Keeping(Operation + 1, 0, "");
        var delay = loaded.NextLook > now ? loaded.NextLook - now : TimeSpan.Zero;
        // What is out of date as soon as it is loaded must not be asked for without a pause.
        if (delay < Retry.First) delay = Retry.First;
        KeepingEffect wait = new KeepingEffect.Wait(next.Operation, delay);
        return new KeepingStep(next, loaded.Changed || Failures > 0 ? [new KeepingEffect.Say(true, loaded.Description), wait] : [wait]);
    }

    private KeepingStep OnFailed(KeepingInput.Failed failed, double jitter)
    {
        var next = new Keeping(Operation + 1, Failures + 1, failed.Problem);
        KeepingEffect wait = new KeepingEffect.Wait(next.Operation, Retry.AfterAtLeast(next.Failures, jitter, failed.RetryAfter));
        return new KeepingStep(next, failed.Problem == LastProblem ? [wait] : [new KeepingEffect.Say(false, failed.Problem), wait]);
    }

    private KeepingStep ThenLoad() => new(this with { Operation = Operation + 1 }, [new KeepingEffect.Load(Operation + 1)]);
}
