using System.Collections.Immutable;

namespace AkkaVault.Controller.Pods;

/// <summary>
/// A wrapping token that was dead although it had life left and no push of ours can have used it: it was stolen, or another
/// controller has taken the run over from this one, that was held or cut off, and has revoked it. A command that names a token
/// issued after the find rules that out: the leader has stored that token, and only it knows where the run's actor is.
/// </summary>
/// <param name="Target">Whose token it was.</param>
/// <param name="Accessor">The token's accessor.</param>
/// <param name="Since">The accessor of the last token that was issued after it was found; null: none was.</param>
public sealed record Suspicion(DeliveryTarget Target, string Accessor, string? Since)
{
    /// <summary>Whether whoever names these was told of what was issued after the find.</summary>
    public bool IsProvenBy(ImmutableList<OutstandingWrap> known) => Since is not null && known.Exists(wrap => wrap.Accessor == Since);
}
