using AkkaVault.Shared;

namespace AkkaVault.Controller.Vault;

/// <summary>
/// The circuit breaker of one node toward one Vault, as a pure state machine. It opens when Vault does not answer, and then admits one request
/// at a time as a probe. After the first answer it closes and admits more requests with each answer, so that not all pods ask at once when
/// Vault is back.
/// </summary>
internal sealed record VaultCircuit
{
    /// <summary>Failures in a row that open it.</summary>
    public const int Threshold = 5;

    /// <summary>The pause between probes while it is open.</summary>
    public static readonly Backoff ProbeBackoff = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(4));

    private static readonly TimeSpan DefaultThrottle = TimeSpan.FromSeconds(1);

    /// <summary>A closed circuit.</summary>
    /// <param name="maxConcurrency">The most requests at once.</param>
    public VaultCircuit(int maxConcurrency) => (MaxConcurrency, Allowed) = (maxConcurrency, maxConcurrency);

    /// <summary>The most requests at once.</summary>
    public int MaxConcurrency { get; }

    /// <summary>How many requests are admitted at once now.</summary>
    public int Allowed { get; private init; }

    /// <summary>How many requests are under way.</summary>
    public int InFlight { get; private init; }

    /// <summary>Failures in a row.</summary>
    public int Failures { get; private init; }

    /// <summary>One when it has opened, and one more for each probe that failed since; zero: it is closed.</summary>
    public int Trips { get; private init; }

    /// <summary>Whether a probe is under way.</summary>
    public bool Probing { get; private init; }

    /// <summary>How often it has opened or closed. A request takes this number along, and brings it back when it ends.</summary>
    public int Changes { get; private init; }

    /// <summary>Whether nothing was answered since Vault refused a request for a quota.</summary>
    public bool IsThrottled { get; private init; }

    /// <summary>Nothing is admitted before this.</summary>
    public DateTimeOffset NotBefore { get; private init; }

    /// <summary>Whether it is open.</summary>
    public bool IsOpen => Trips > 0;

    /// <summary>Whether it is as at its start: closed, with all requests admitted and no failure remembered.</summary>
    public bool IsAsNew(DateTimeOffset now) => !IsOpen && Failures == 0 && InFlight == 0 && Allowed == MaxConcurrency && now >= NotBefore;

    /// <summary>Whether it admits a request.</summary>
    public bool Admits(DateTimeOffset now) => now >= NotBefore && (IsOpen ? !Probing : InFlight < Allowed);

    /// <summary>The transition function.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="now">A monotonic clock.</param>
    /// <param name="jitter">A random number from 0 to 1.</param>
    public Transition<VaultCircuit, CircuitEffect> Handle(CircuitInput input, DateTimeOffset now, double jitter) => input switch
    {
        CircuitInput.Admitted => new(this with { InFlight = InFlight + 1, Probing = IsOpen }, []),
        CircuitInput.Ended ended => HandleEnded(ended, now, jitter),
        _ => throw new ArgumentOutOfRangeException(nameof(input), input.GetType().Name, "not an input of the circuit"),
    };

    private Transition<VaultCircuit, CircuitEffect> HandleEnded(CircuitInput.Ended ended, DateTimeOffset now, double jitter)
    {
        var left = this with { InFlight = InFlight - 1, Probing = Probing && ended.Changes != Changes };
        return ended.Outcome switch
        {
            CircuitOutcome.Answered => left.ThenClose(now),
            CircuitOutcome.Throttled => left.ThenClose(now).Then(closed => closed.ThenThrottle(ended.RetryAfter, left.NotBefore, now)),
            CircuitOutcome.GivenUp => new(left, []),
            // The circuit has opened or closed since this request was sent, so its failure says nothing about the present state.
            _ when ended.Changes != Changes => new(left, []),
            _ when IsOpen || ended.Outcome == CircuitOutcome.Sealed || Failures + 1 >= Threshold => left.ThenOpen(now, jitter),
            _ => new(left with { Failures = Failures + 1 }, []),
        };
    }

    // Each answer admits one request more, so each round admits twice as many. The first one after a quota's refusal does not: the quota may be used up
    // by it, and then each request that is admitted is refused.
    private Transition<VaultCircuit, CircuitEffect> ThenClose(DateTimeOffset now) => IsOpen
        ? new(this with { Trips = 0, Failures = 0, Changes = Changes + 1, Probing = false, Allowed = 1, NotBefore = now }, [CircuitEffect.ReportClosed])
        : new(this with { Failures = 0, IsThrottled = false, Allowed = IsThrottled ? Allowed : Math.Min(MaxConcurrency, Allowed + 1) }, []);

    private Transition<VaultCircuit, CircuitEffect> ThenThrottle(TimeSpan? retryAfter, DateTimeOffset notBefore, DateTimeOffset now) =>
        new(this with { IsThrottled = true, Allowed = 1, NotBefore = Later(notBefore, now + Least(retryAfter ?? DefaultThrottle, Backoff.LongestRetryAfter)) }, []);

    private Transition<VaultCircuit, CircuitEffect> ThenOpen(DateTimeOffset now, double jitter)
    {
        var open = this with { Trips = Trips + 1, NotBefore = now + ProbeBackoff.After(Trips + 1, jitter) };
        return IsOpen ? new(open, []) : new(open with { Changes = Changes + 1 }, [CircuitEffect.ReportOpened]);
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
