using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Sandbox.Vault;

namespace AkkaVault.Sandbox.Chaos;

/// <summary>
/// Sidecars that run beside the other pods. Their tokens end after <see cref="MaxTtl"/>, so each sidecar asks for redeliveries. An application is
/// simulated for each: it reads the token file again and again.
/// </summary>
/// <param name="cluster">The installation.</param>
public sealed class SidecarPods(SandboxCluster cluster)
{
    /// <summary>The AppRole of sidecars.</summary>
    public const string Role = "sidecar";

    /// <summary>How long a token lives unless it is renewed.</summary>
    public static readonly TimeSpan Ttl = TimeSpan.FromSeconds(20);

    /// <summary>How long a token can live. A sidecar asks for another one at two thirds of it: the last third is longer than any fault.</summary>
    public static readonly TimeSpan MaxTtl = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);

    private readonly List<Sidecar> _sidecars = [];

    /// <summary>Starts sidecars, and waits until each of them has its first token.</summary>
    /// <param name="count">How many.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task StartAsync(int count, CancellationToken cancellation)
    {
        cluster.Vault.Setup.CreateAppRole(Role, new AppRoleSettings { Period = TimeSpan.Zero, TokenTtl = Ttl, TokenMaxTtl = MaxTtl });
        cluster.Vault.Setup.WriteControllerPolicy([SandboxCluster.Role, Role]);
        var environment = new Dictionary<string, string> { ["MODE"] = "sidecar", ["EXPECTED_VAULT_ADDR"] = cluster.Vault.Address.ToString() };
        for (var n = 0; n < count; n++)
            _sidecars.Add(new Sidecar(await cluster.RunPodAsync(cluster.Plan($"{Role}-{n}") with { Role = Role, RoleId = cluster.Vault.Setup.ReadRoleId(Role), Environment = environment }).ConfigureAwait(false)));
        while (_sidecars.Any(sidecar => SandboxCluster.TokenOf(sidecar.Pod) is null)) await Task.Delay(s_look, cancellation).ConfigureAwait(false);
    }

    /// <summary>Reads the token files as applications do.</summary>
    /// <param name="enough">Ends it.</param>
    /// <returns>What was found.</returns>
    public async Task<SidecarAudit> ObserveAsync(CancellationToken enough)
    {
        var looks = 0;
        for (; !enough.IsCancellationRequested; looks++)
        {
            foreach (var sidecar in _sidecars) Look(sidecar);
            await Task.Delay(s_look, enough).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return new SidecarAudit(
            _sidecars.Count, looks, _sidecars.Sum(sidecar => sidecar.Gaps), _sidecars.Sum(sidecar => sidecar.Tokens.Count),
            _sidecars.Sum(sidecar => Math.Max(0, UnwrappedOf(sidecar.Pod) - sidecar.Tokens.Count)), _sidecars.Sum(sidecar => sidecar.Pod.Restarts));
    }

    private void Look(Sidecar sidecar)
    {
        if (SandboxCluster.TokenOf(sidecar.Pod)?.ClientToken is { } token && cluster.Vault.IsLiveToken(token)) sidecar.Tokens.Add(token);
        else sidecar.Gaps++;
    }

    private int UnwrappedOf(SimulatedPod pod) =>
        cluster.Vault.WrappingTokens.Count(token => token.Role == Role && token.Metadata["uid"] == pod.Uid && token.State == WrappingState.Unwrapped);

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
/// <param name="Deliveries">How many tokens were found, of all sidecars.</param>
/// <param name="Doubled">Wrapping tokens that a sidecar has unwrapped, and from which no token in its file came.</param>
/// <param name="Restarts">Restarts of sidecars.</param>
public sealed record SidecarAudit(int Sidecars, int Looks, int Gaps, int Deliveries, int Doubled, int Restarts)
{
    /// <summary>Whether each application always had a live token.</summary>
    public bool Ok => Gaps == 0 && Doubled == 0 && Restarts == 0 && Deliveries >= Sidecars;

    /// <summary>The result as text.</summary>
    public override string ToString() => $"{Sidecars} sidecars: {Deliveries} deliveries, {Gaps} gaps in {Looks} looks at each token file, {Doubled} doubled, {Restarts} restarts";
}
