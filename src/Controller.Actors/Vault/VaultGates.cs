using System.Collections.Concurrent;
using System.Net;
using AkkaVault.Shared.Vault;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Vault;

/// <summary>
/// The way to Vault for what pods cause: a gate for each AppRole, and one for Vault behind it. Vault answers 500 both when its
/// storage is broken and when it cannot do what one role asks (CIDR blocks that contradict the role's, for one): such an answer
/// counts against the role alone, so that a role that is set up wrong keeps nobody else from Vault.
/// </summary>
public sealed class VaultGates : IDisposable
{
    private readonly ConcurrentDictionary<string, VaultGate> _roles = new(StringComparer.Ordinal);
    private readonly Func<string, VaultGate> _make;
    private readonly VaultGate _vault;

    /// <summary>Gates that are open.</summary>
    /// <param name="maxConcurrency">The most requests to Vault at once.</param>
    /// <param name="observer">Metrics of Vault's gate.</param>
    /// <param name="clock">This node's clock.</param>
    /// <param name="log">Where a person is told.</param>
    public VaultGates(int maxConcurrency, IVaultObserver observer, TimeProvider clock, ILogger<VaultGate> log)
    {
        _vault = new VaultGate("Vault", OfVault, maxConcurrency, observer, clock, log);
        _make = role => new VaultGate($"AppRole {role}", OfRole, maxConcurrency, NobodyWatches.Instance, clock, log);
    }

    /// <summary>Sends a request of one role when its turn comes; see <see cref="VaultGate.RunAsync"/>.</summary>
    public Task<T> RunAsync<T>(string role, Func<Task<T>> request, CancellationToken whileWaiting) =>
        _roles.GetOrAdd(role, _make).RunAsync(() => _vault.RunAsync(request, whileWaiting), whileWaiting);

    /// <summary>Sends a request of no role.</summary>
    public Task<T> RunAsync<T>(Func<Task<T>> request, CancellationToken whileWaiting) => _vault.RunAsync(request, whileWaiting);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var gate in _roles.Values) gate.Dispose();
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
