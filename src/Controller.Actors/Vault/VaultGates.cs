using System.Net;
using AkkaVault.Shared.Vault;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Vault;

/// <summary>
/// The way to Vault for what pods cause: a gate for each AppRole, and one for Vault behind it. Vault answers 500 both when its
/// storage is broken and when it cannot do what one role asks (CIDR blocks that contradict the role's, for one): such an answer
/// counts against the role alone, so that a role that is set up wrong keeps nobody else from Vault. Pods name the roles, any
/// number of them: a role that nobody asks for has no gate for long.
/// </summary>
public sealed class VaultGates : IDisposable
{
    /// <summary>
    /// So long what a role's gate has learned is kept when nobody asks for the role: longer than any pause of a pod that tries again.
    /// </summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, RoleGate> _roles = new(StringComparer.Ordinal);
    private readonly TimeProvider _clock;
    private readonly Func<string, VaultGate> _make;
    private readonly VaultGate _vault;

    /// <summary>Gates that are open.</summary>
    /// <param name="maxConcurrency">The most requests to Vault at once.</param>
    /// <param name="observer">Metrics of Vault's gate.</param>
    /// <param name="clock">This node's clock.</param>
    /// <param name="log">Where a person is told.</param>
    public VaultGates(int maxConcurrency, IVaultObserver observer, TimeProvider clock, ILogger<VaultGate> log)
    {
        _clock = clock;
        _vault = new VaultGate("Vault", OfVault, maxConcurrency, observer, clock, log);
        _make = role => new VaultGate($"AppRole {role}", OfRole, maxConcurrency, NobodyWatches.Instance, clock, log);
    }

    /// <summary>How many roles have a gate now.</summary>
    public int Roles
    {
        get { lock (_lock) return _roles.Count; }
    }

    /// <summary>Sends a request of one role when its turn comes; see <see cref="VaultGate.RunAsync"/>.</summary>
    public async Task<T> RunAsync<T>(string role, Func<Task<T>> request, CancellationToken whileWaiting)
    {
        var gate = Enter(role);
        try
        {
            return await gate.Gate.RunAsync(() => _vault.RunAsync(request, whileWaiting), whileWaiting).ConfigureAwait(false);
        }
        finally
        {
            Leave(role, gate);
        }
    }

    /// <summary>Sends a request of no role.</summary>
    public Task<T> RunAsync<T>(Func<Task<T>> request, CancellationToken whileWaiting) => _vault.RunAsync(request, whileWaiting);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var gate in _roles.Values) gate.Gate.Dispose();
        }

        _vault.Dispose();
    }

    /// <summary>What a failure says of Vault.</summary>
    public static CircuitOutcome OfVault(VaultException failure) => failure.Failure switch
    {
        _ when failure.Status == HttpStatusCode.InternalServerError => CircuitOutcome.Answered,
        VaultFailure.Sealed => CircuitOutcome.Sealed,
        VaultFailure.Throttled => CircuitOutcome.Throttled,
        VaultFailure.Transient => CircuitOutcome.Failed,
        _ => CircuitOutcome.Answered,
    };

    /// <summary>What it says of a role.</summary>
    public static CircuitOutcome OfRole(VaultException failure) => failure.Failure switch
    {
        _ when failure.Status == HttpStatusCode.InternalServerError => CircuitOutcome.Failed,
        VaultFailure.Permanent => CircuitOutcome.Answered,
        _ => CircuitOutcome.GivenUp,
    };

    private RoleGate Enter(string role)
    {
        lock (_lock)
        {
            if (!_roles.TryGetValue(role, out var gate))
            {
                // They grow only here: here the ones that are left over are looked for.
                Forget();
                _roles[role] = gate = new RoleGate(_make(role));
            }

            gate.Users++;
            return gate;
        }
    }

    private void Leave(string role, RoleGate gate)
    {
        lock (_lock)
        {
            if (--gate.Users > 0) return;
            gate.LastUsed = _clock.GetUtcNow();
            // One that has seen failures remembers them for the next request: without that no circuit would open for a role with one pod.
            if (gate.Gate.IsAsNew) Drop(role, gate);
        }
    }

    private void Forget()
    {
        var before = _clock.GetUtcNow() - Memory;
        foreach (var (role, gate) in _roles.Where(role => role.Value.Users == 0 && role.Value.LastUsed < before).ToList()) Drop(role, gate);
    }

    private void Drop(string role, RoleGate gate)
    {
        _roles.Remove(role);
        gate.Gate.Dispose();
    }

    /// <summary>A role's gate, and how many wait or are under way in it: all of it under the lock.</summary>
    private sealed class RoleGate(VaultGate gate)
    {
        public VaultGate Gate { get; } = gate;

        public int Users { get; set; }

        public DateTimeOffset LastUsed { get; set; }
    }

    private sealed class NobodyWatches : IVaultObserver
    {
        public static readonly NobodyWatches Instance = new();

        public void RequestEnded(TimeSpan elapsed, VaultFailure? failure)
        {
        }

        public void CircuitChanged(bool open)
        {
        }
    }
}
