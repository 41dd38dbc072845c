using System.Security.Cryptography;
using AkkaVault.Benchmarks.Pushes;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Shared.Push;

namespace AkkaVault.Benchmarks.Sidecars;

/// <summary>
/// What a sidecar answers to pushes: it takes the first one and says when it wants another, takes that from a tenth of the time earlier on, and answers
/// <c>already-served</c> before that (docs/sidecar.md). Thread-safe.
/// </summary>
/// <param name="plan">The pod.</param>
/// <param name="taken">Is told of each delivery.</param>
internal sealed class SimulatedSidecar(PodPlan plan, Action<SimulatedSidecar> taken) : IPushTarget
{
    private const double EarliestShare = 0.9;

    private readonly Lock _gate = new();
    private readonly List<DateTimeOffset> _deliveries = [];
    private readonly TaskCompletionSource _served = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DateTimeOffset _takesFrom = DateTimeOffset.MinValue;
    private DateTimeOffset _wantedAt;
    private bool _isRedeeming;
    private int _unasked;

    /// <summary>The pod.</summary>
    public PodPlan Plan { get; } = plan;

    /// <summary>The ID of its container.</summary>
    public string ContainerId { get; } = "containerd://" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>After what time from now on the next delivery is wanted.</summary>
    public required Func<DateTimeOffset, TimeSpan> Next { get; set; }

    /// <summary>When the kubelet reported that it runs.</summary>
    public DateTimeOffset StartedAt { get; set; }

    /// <summary>Completes at the first delivery.</summary>
    public Task Served => _served.Task;

    /// <summary>When deliveries were taken.</summary>
    public IReadOnlyList<DateTimeOffset> Deliveries
    {
        get { lock (_gate) return [.. _deliveries]; }
    }

    /// <summary>When it wants its next delivery.</summary>
    public DateTimeOffset WantedAt
    {
        get { lock (_gate) return _wantedAt; }
    }

    /// <summary>How many pushes came that were not asked for.</summary>
    public int Unasked => Volatile.Read(ref _unasked);

    /// <inheritdoc/>
    public PushAnswer? Begin(DateTimeOffset now)
    {
        lock (_gate)
        {
            if (!_isRedeeming && now >= _takesFrom)
            {
                _isRedeeming = true;
                return null;
            }

            _unasked++;
            return In(_wantedAt - now);
        }
    }

    /// <inheritdoc/>
    public PushAnswer? End(DateTimeOffset now, bool redeemed)
    {
        TimeSpan next;
        lock (_gate)
        {
            _isRedeeming = false;
            if (!redeemed) return null;
            next = Next(now);
            (_takesFrom, _wantedAt) = (now + (next * EarliestShare), now + next);
            _deliveries.Add(now);
            _served.TrySetResult();
        }

        taken(this);
        return In(next);
    }

    private static PushAnswer In(TimeSpan left) => new(Math.Max(1, (long)left.TotalSeconds));
}
