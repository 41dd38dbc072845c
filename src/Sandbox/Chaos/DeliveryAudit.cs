using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Shared.Push;

namespace AkkaVault.Sandbox.Chaos;

/// <summary>What became of pods, and of the wrapping tokens and tokens that Vault issued for them.</summary>
/// <param name="Pods">The number of pods.</param>
/// <param name="Lost">Pods without a live token.</param>
/// <param name="Doubled">Runs for which more than one wrapping token was unwrapped. Such a run has two usable credentials.</param>
/// <param name="LeftOver">Runs that were served and have another wrapping token that was neither used nor revoked. Such a token stays alive until its TTL ends.</param>
/// <param name="ExpiredPushes">Pushes that an init container rejected because the token's TTL was over.</param>
/// <param name="UnknownPushes">Pushes that an init container rejected because Vault did not know the token, or did not know it any more.</param>
/// <param name="Restarts">Restarts of init containers.</param>
public sealed record DeliveryAudit(int Pods, int Lost, int Doubled, int LeftOver, int ExpiredPushes, int UnknownPushes, int Restarts)
{
    /// <summary>Whether each pod has exactly one credential, and no push came after the TTL of its token.</summary>
    public bool Ok => Lost == 0 && Doubled == 0 && ExpiredPushes == 0;

    /// <summary>Audits pods that were served, or had enough time to be served.</summary>
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
