using System.Diagnostics;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Sandbox.Vault;

namespace AkkaVault.Sandbox.Chaos;

/// <summary>
/// Runs sidecars beside the other pods. With the AppRole <see cref="Role"/> their tokens end after <see cref="MaxTtl"/>, so each sidecar asks for
/// redeliveries. The class also simulates an application for each sidecar: the application reads the token file again and again.
/// </summary>
/// <param name="cluster">The installation.</param>
public sealed class SidecarPods(SandboxCluster cluster)
{
    /// <summary>The AppRole of sidecars whose tokens end.</summary>
    public const string Role = "sidecar";

    /// <summary>How long a token lives unless it is renewed.</summary>
    public static readonly TimeSpan Ttl = TimeSpan.FromSeconds(20);

    /// <summary>The longest life of a token. A sidecar asks for another token after two thirds of this time; the last third is longer than any fault.</summary>
    public static readonly TimeSpan MaxTtl = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_loginPatience = TimeSpan.FromSeconds(5);

    private readonly List<Sidecar> _sidecars = [];

    /// <summary>Creates the AppRole, and starts sidecars.</summary>
    /// <param name="count">The number of sidecars; zero: nothing is created.</param>
    /// <param name="cancellation">Ends the wait for the sidecars' first tokens.</param>
    /// <exception cref="InvalidOperationException">A sidecar has no token after a minute.</exception>
    public async Task StartAsync(int count, CancellationToken cancellation)
    {
        if (count == 0) return;
        cluster.Vault.Setup.CreateAppRole(Role, new AppRoleSettings { Period = TimeSpan.Zero, TokenTtl = Ttl, TokenMaxTtl = MaxTtl });
        cluster.Vault.Setup.WriteControllerPolicy([SandboxCluster.Role, Role]);
        await Task.WhenAll(Enumerable.Range(0, count).Select(n => RunAsync($"{Role}-{n}", Role, cancellation))).ConfigureAwait(false);
    }

    /// <summary>Starts a sidecar, and waits until it has its first token.</summary>
    /// <param name="name">The pod's name.</param>
    /// <param name="role">The sidecar's AppRole. It must exist.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">The sidecar has no token after a minute.</exception>
    public async Task<SimulatedPod> RunAsync(string name, string role, CancellationToken cancellation)
    {
        var environment = new Dictionary<string, string> { ["MODE"] = "sidecar", ["EXPECTED_VAULT_ADDR"] = cluster.Vault.Address.ToString() };
        var pod = await cluster.RunPodAsync(cluster.Plan(name) with { Role = role, RoleId = cluster.Vault.Setup.ReadRoleId(role), Environment = environment }).ConfigureAwait(false);
        for (var waited = Stopwatch.StartNew(); SandboxCluster.TokenOf(pod) is null; await Task.Delay(s_look, cancellation).ConfigureAwait(false))
        {
            if (waited.Elapsed > s_patience) throw new InvalidOperationException($"the sidecar {name} has no token after {s_patience.TotalSeconds} s:\n{string.Join('\n', pod.Process?.Output ?? pod.Output)}");
        }

        lock (_sidecars) _sidecars.Add(new Sidecar(pod));
        return pod;
    }

    /// <summary>Reads the token files as applications do.</summary>
    /// <param name="enough">Ends the reading.</param>
    /// <returns>What was found; null: there are no sidecars.</returns>
    public async Task<SidecarAudit?> ObserveAsync(CancellationToken enough)
    {
        if (_sidecars.Count == 0) return null;
        var looks = 0;
        for (; !enough.IsCancellationRequested; looks++)
        {
            foreach (var sidecar in _sidecars) Look(sidecar);
            await Task.Delay(s_look, enough).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // A sidecar that has unwrapped a wrapping token at the last moment logs in before it writes its token.
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < s_loginPatience && _sidecars.Any(sidecar => UnusedBy(sidecar) > 0); looks++)
        {
            foreach (var sidecar in _sidecars) Look(sidecar);
            await Task.Delay(s_look, CancellationToken.None).ConfigureAwait(false);
        }

        return new SidecarAudit(
            _sidecars.Count, looks, _sidecars.Sum(sidecar => sidecar.Gaps), _sidecars.Sum(sidecar => sidecar.Tokens.Count),
            _sidecars.Sum(UnusedBy), _sidecars.Sum(sidecar => sidecar.Pod.Restarts));
    }

    private void Look(Sidecar sidecar)
    {
        if (SandboxCluster.TokenOf(sidecar.Pod)?.ClientToken is { } token && cluster.Vault.IsLiveToken(token)) sidecar.Tokens.Add(token);
        else sidecar.Gaps++;
    }

    /// <summary>How many wrapping tokens a sidecar has unwrapped without writing a token to its file.</summary>
    private int UnusedBy(Sidecar sidecar) => Math.Max(
        0, cluster.Vault.WrappingTokens.Count(token => token.Role is not null && token.Metadata["uid"] == sidecar.Pod.Uid && token.State == WrappingState.Unwrapped) - sidecar.Tokens.Count);

    private sealed class Sidecar(SimulatedPod pod)
    {
        public SimulatedPod Pod { get; } = pod;

        public HashSet<string> Tokens { get; } = new(StringComparer.Ordinal);

        public int Gaps { get; set; }
    }
}

/// <summary>What applications beside sidecars found.</summary>
/// <param name="Sidecars">The number of sidecars.</param>
/// <param name="Looks">How often each token file was read.</param>
/// <param name="Gaps">How often there was no token, or a dead one.</param>
/// <param name="Deliveries">How many different live tokens were found in all token files.</param>
/// <param name="Doubled">How many wrapping tokens the sidecars have unwrapped without writing a token to their files.</param>
/// <param name="Restarts">Restarts of sidecars.</param>
public sealed record SidecarAudit(int Sidecars, int Looks, int Gaps, int Deliveries, int Doubled, int Restarts)
{
    /// <summary>Whether each application always had a live token, each unwrapped wrapping token led to a token, and no sidecar was restarted.</summary>
    public bool Ok => Gaps == 0 && Doubled == 0 && Restarts == 0 && Deliveries >= Sidecars;

    /// <summary>The result as text.</summary>
    public override string ToString() => $"{Sidecars} sidecars: {Deliveries} deliveries, {Gaps} gaps in {Looks} looks at each token file, {Doubled} doubled, {Restarts} restarts";
}
