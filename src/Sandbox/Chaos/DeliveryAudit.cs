using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Shared.Push;

namespace AkkaVault.Sandbox.Chaos;

/// <summary>What became of pods and of all that Vault issued for them.</summary>
/// <param name="Pods">How many pods.</param>
/// <param name="Lost">Those without a live token.</param>
/// <param name="Doubled">Runs for which more than one wrapping token was unwrapped: two usable credentials.</param>
/// <param name="LeftOver">Runs that were served and for which another wrapping token was left to its TTL, neither used nor revoked.</param>
/// <param name="ExpiredPushes">Pushes that an init container refused because their token was past its TTL.</param>
/// <param name="UnknownPushes">Pushes that an init container refused because Vault did not know their token (any more).</param>
/// <param name="Restarts">Init containers that had to be started again.</param>
public sealed record DeliveryAudit(int Pods, int Lost, int Doubled, int LeftOver, int ExpiredPushes, int UnknownPushes, int Restarts)
{
    /// <summary>Whether each pod has its one credential.</summary>
    public bool Ok => Lost == 0 && Doubled == 0 && ExpiredPushes == 0;

    /// <summary>Looks at pods that are served, or had time enough to be.</summary>
    public static DeliveryAudit Of(IReadOnlyCollection<SimulatedPod> pods, SimulatedVault vault)
    {
        var uids = pods.Select(pod => pod.Uid).ToHashSet(StringComparer.Ordinal);
        var runs = vault.WrappingTokens.Where(wrap => wrap.Role is not null && uids.Contains(wrap.Metadata["uid"]))
            .GroupBy(wrap => (wrap.Metadata["uid"], wrap.Metadata["run"])).Select(run => run.ToList()).ToList();
        int Refused(string reason) => pods.Sum(pod => pod.Output.Count(line => line.Contains("Rejected ", StringComparison.Ordinal) && line.Contains(reason, StringComparison.Ordinal)));
        return new DeliveryAudit(
            pods.Count,
            pods.Count(pod => pod.ServedAt is null || SandboxCluster.TokenOf(pod) is not { } token || !vault.IsLiveToken(token.ClientToken)),
            runs.Count(run => run.Count(wrap => wrap.State == WrappingState.Unwrapped) > 1),
            runs.Count(run => run.Any(wrap => wrap.State == WrappingState.Unwrapped) && run.Any(wrap => wrap.State is WrappingState.Issued or WrappingState.Expired)),
            Refused(PushRejection.ExpiredToken), Refused(PushRejection.WrappingTokenInvalid), pods.Sum(pod => pod.Restarts));
    }
}
