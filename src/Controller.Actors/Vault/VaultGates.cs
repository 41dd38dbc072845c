using System.Net;
using AkkaVault.Shared.Vault;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Vault;

/// <summary>
/// The gates for requests that pods cause: one for each AppRole, and one for Vault behind them. Vault answers 500 both when its storage is
/// broken and when it cannot do what one role asks, for example because of CIDR blocks that contradict the role's. Such an answer counts
/// against the role alone, so that a wrong role blocks no other role. Pods may name any number of roles, so the gate of a role that is no
/// longer asked for is removed.
/// </summary>
internal sealed class VaultGates : IDisposable
{
    /// <summary>
    /// How long the gate of a role that is not asked for stays: longer than the longest pause between two attempts of a pod.
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
    /// <param name="log">The gates' log.</param>
    public VaultGates(int maxConcurrency, IVaultObserver observer, TimeProvider clock, ILogger<VaultGate> log)
    {
        _clock = clock;
        _vault = new VaultGate("Vault", OfVault, maxConcurrency, observer, clock, log);
        _make = role => new VaultGate($"AppRole {role}", OfRole, maxConcurrency, NoObserver.Instance, clock, log);
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

    /// <summary>What a failure says of a role.</summary>
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
                // Gates are added only here, so unused ones are removed here.
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
            // A gate with failures stays for the next request: otherwise the circuit of a role with one pod would never open.
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

    /// <summary>A role's gate, and how many requests use it. Accessed under the lock only.</summary>
    private sealed class RoleGate(VaultGate gate)
    {
        public VaultGate Gate { get; } = gate;

        public int Users { get; set; }

        public DateTimeOffset LastUsed { get; set; }
    }

    private sealed class NoObserver : IVaultObserver
    {
        public static readonly NoObserver Instance = new();

        public void RequestEnded(TimeSpan elapsed, VaultFailure? failure)
        {
        }

        public void CircuitChanged(bool open)
        {
        }
    }
}
