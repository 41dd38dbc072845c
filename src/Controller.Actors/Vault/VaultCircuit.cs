using AkkaVault.Controller.Common;

namespace AkkaVault.Controller.Vault;

/// <summary>How a request to Vault ended, as far as the circuit is concerned.</summary>
public enum CircuitOutcome
{
    /// <summary>Vault answered, be it with a refusal.</summary>
    Answered,

    /// <summary>No answer, or 5xx.</summary>
    Failed,

    /// <summary>Vault is sealed: no request can succeed.</summary>
    Sealed,

    /// <summary>429.</summary>
    Throttled,

    /// <summary>Given up by the caller: nothing was learned.</summary>
    GivenUp,
}

/// <summary>
/// The circuit of one node toward one Vault, as a pure state machine. It opens when Vault does not answer, lets one request
/// through now and then, and after the first answer lets the others follow at a pace that grows with each answer: a Vault that
/// comes back is not met by all pods at once.
/// </summary>
public sealed record VaultCircuit
{
    /// <summary>Failures in a row that open it.</summary>
    public const int Threshold = 5;

    /// <summary>Between probes while it is open.</summary>
    public static readonly Backoff ProbeBackoff = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(4));

    private static readonly TimeSpan DefaultThrottle = TimeSpan.FromSeconds(1);

    /// <summary>A closed circuit.</summary>
    /// <param name="maxConcurrency">The most requests at once.</param>
    public VaultCircuit(int maxConcurrency) => (MaxConcurrency, Allowed) = (maxConcurrency, maxConcurrency);

    /// <summary>The most requests at once.</summary>
    public int MaxConcurrency { get; }

    /// <summary>How many are let through at once now.</summary>
    public int Allowed { get; private init; }

    /// <summary>How many are under way.</summary>
    public int InFlight { get; private init; }

    /// <summary>Failures in a row.</summary>
    public int Failures { get; private init; }

    /// <summary>How often a probe has failed since it opened; zero: it is closed.</summary>
    public int Trips { get; private init; }

    /// <summary>Whether a probe is under way.</summary>
    public bool Probing { get; private init; }

    /// <summary>Nothing is let through before this.</summary>
    public DateTimeOffset NotBefore { get; private init; }

    /// <summary>Whether it is open.</summary>
    public bool IsOpen => Trips > 0;

    /// <summary>Whether it is as it was in the beginning: closed at its full pace, with no failure remembered.</summary>
    public bool IsAsNew(DateTimeOffset now) => !IsOpen && Failures == 0 && InFlight == 0 && Allowed == MaxConcurrency && now >= NotBefore;

    /// <summary>Whether a request may be sent.</summary>
    public bool Admits(DateTimeOffset now) => now >= NotBefore && (IsOpen ? !Probing : InFlight < Allowed);

    /// <summary>After a request was let through.</summary>
    public VaultCircuit Entered() => this with { InFlight = InFlight + 1, Probing = IsOpen };

    /// <summary>After a request has ended.</summary>
    /// <param name="outcome">How.</param>
    /// <param name="asProbe">Whether it was let through while the circuit was open.</param>
    /// <param name="retryAfter">What Vault asked for.</param>
    /// <param name="now">A clock that nobody sets.</param>
    /// <param name="jitter">A random number from 0 to 1.</param>
    public VaultCircuit Left(CircuitOutcome outcome, bool asProbe, TimeSpan? retryAfter, DateTimeOffset now, double jitter)
    {
        var left = this with { InFlight = InFlight - 1, Probing = Probing && !asProbe };
        return outcome switch
        {
            CircuitOutcome.Answered => left.Close(now),
            CircuitOutcome.Throttled => left.Close(now) with { Allowed = 1, NotBefore = Later(left.NotBefore, now + Least(retryAfter ?? DefaultThrottle, Backoff.LongestRetryAfter)) },
            CircuitOutcome.GivenUp => left,
            // One that was sent before the circuit opened tells nothing new.
            _ when IsOpen && !asProbe => left,
            _ when IsOpen || outcome == CircuitOutcome.Sealed || Failures + 1 >= Threshold => left.Open(now, jitter),
            _ => left with { Failures = Failures + 1 },
        };
    }

    // What was let through while it was closed raises the pace by one; after a doubling in each round the old one is reached soon.
    private VaultCircuit Close(DateTimeOffset now) => IsOpen
        ? this with { Trips = 0, Failures = 0, Allowed = 1, NotBefore = now }
        : this with { Failures = 0, Allowed = Math.Min(MaxConcurrency, Allowed + 1) };

    private VaultCircuit Open(DateTimeOffset now, double jitter) =>
        this with { Trips = Trips + 1, NotBefore = now + ProbeBackoff.After(Trips + 1, jitter) };

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
