using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Vault;

/// <summary>How long a leased secret lives, as its role sets it.</summary>
/// <param name="Ttl">The lifetime from an issue or a renewal on; zero: the system's default.</param>
/// <param name="MaxTtl">The longest lifetime from the issue on; zero: the system's maximum.</param>
internal sealed record LeaseTerms(TimeSpan Ttl, TimeSpan MaxTtl);

/// <summary>
/// The leases of secrets, and <c>sys/leases/</c> (https://developer.hashicorp.com/vault/api-docs/system/leases). A lease ends
/// with the token that asked for it. The recordings have no leases; the messages are those of Vault's expiration manager.
/// </summary>
internal sealed class LeaseStore(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Lease> leases = new(StringComparer.Ordinal);

    private sealed class Lease(string id, TokenEntry owner, bool renewable, DateTimeOffset issuedAt, Func<LeaseTerms> termsNow)
    {
        public string Id { get; } = id;

        public TokenEntry Owner { get; } = owner;

        public bool Renewable { get; } = renewable;

        public DateTimeOffset IssuedAt { get; } = issuedAt;

        public Func<LeaseTerms> TermsNow { get; } = termsNow;

        public DateTimeOffset ExpiresAt { get; set; }

        public DateTimeOffset? RenewedAt { get; set; }
    }

    /// <summary>Gives a secret a lease.</summary>
    /// <param name="request">The request for the secret.</param>
    /// <param name="owner">The token of the request.</param>
    /// <param name="data">The secret.</param>
    /// <param name="renewable">Whether the lease can be renewed.</param>
    /// <param name="termsNow">Gets the role's present terms. It is called now and at each renewal.</param>
    public VaultAnswer Issue(VaultRequest request, TokenEntry owner, JsonObject data, bool renewable, Func<LeaseTerms> termsNow)
    {
        var now = time.GetUtcNow();
        var warnings = new List<string>();
        var terms = termsNow();
        var ttl = LeaseTtl.Of(TimeSpan.Zero, terms.Ttl, TimeSpan.Zero, terms.MaxTtl, TimeSpan.Zero, now, now, warnings);
        var lease = new Lease($"{request.Path}/{SecretSource.Accessor()}", owner, renewable, now, termsNow);
        ttl = Bounded(owner, ttl, now);
        lease.ExpiresAt = now + ttl;
        leases[lease.Id] = lease;
        return new VaultAnswer { Data = data, LeaseId = lease.Id, LeaseDuration = ttl, Renewable = renewable, Warnings = warnings };
    }

    /// <summary>Whether a lease is neither expired nor revoked, and its token lives.</summary>
    public bool IsAlive(string id) => leases.TryGetValue(id, out var lease) && IsAlive(lease, time.GetUtcNow());

    public void RevokeBelow(string prefix)
    {
        foreach (var id in leases.Keys.Where(id => id.StartsWith(prefix.TrimEnd('/') + "/", StringComparison.Ordinal))) leases.TryRemove(id, out _);
    }

    /// <summary><c>sys/leases/…</c>.</summary>
    public VaultAnswer Handle(VaultRequest request, ReadOnlySpan<string> rest)
    {
        if (!request.Writes) throw VaultRefusal.UnsupportedOperation;
        switch (rest)
        {
            case ["renew", .. var below]: return Renew(Named(request, below), request.Data.Span("increment") ?? TimeSpan.Zero);
            case ["lookup"]: return LookUp(Named(request, []));
            case ["revoke", .. var below]:
                leases.TryRemove(Named(request, below), out _);
                return VaultAnswer.NoContent;
            case ["revoke-prefix", _, ..]:
                RevokeBelow(string.Join('/', rest[1..]!));
                return VaultAnswer.NoContent;
            default: throw VaultRefusal.UnsupportedPath;
        }
    }

    private VaultAnswer Renew(string id, TimeSpan increment)
    {
        var now = time.GetUtcNow();
        // Vault revokes the leases of a token that ends. It revokes an expired lease soon after the expiry.
        if (!leases.TryGetValue(id, out var lease) || !lease.Owner.IsAlive(now)) throw new VaultRefusal(400, "lease not found");
        if (now >= lease.ExpiresAt) throw new VaultRefusal(400, "lease expired");
        if (!lease.Renewable) throw new VaultRefusal(400, "lease is not renewable");
        var warnings = new List<string>();
        LeaseTerms terms;
        try
        {
            terms = lease.TermsNow();
        }
        catch (VaultRefusal gone)
        {
            throw new VaultRefusal(400, $"failed to renew entry: {gone.Errors[0]}");
        }

        var ttl = Bounded(lease.Owner, LeaseTtl.Of(increment, terms.Ttl, TimeSpan.Zero, terms.MaxTtl, TimeSpan.Zero, lease.IssuedAt, now, warnings), now);
        lease.ExpiresAt = now + ttl;
        lease.RenewedAt = now;
        return new VaultAnswer { LeaseId = id, LeaseDuration = ttl, Renewable = true, Warnings = warnings };
    }

    private VaultAnswer LookUp(string id)
    {
        var now = time.GetUtcNow();
        if (!leases.TryGetValue(id, out var lease) || !IsAlive(lease, now)) throw new VaultRefusal(400, "invalid lease");
        return VaultAnswer.OfData(new JsonObject
        {
            ["expire_time"] = Json.Time(lease.ExpiresAt),
            ["id"] = id,
            ["issue_time"] = Json.Time(lease.IssuedAt),
            ["last_renewal"] = lease.RenewedAt is { } renewed ? Json.Time(renewed) : null,
            ["renewable"] = lease.Renewable,
            ["ttl"] = Json.SecondsLeft(lease.ExpiresAt - now),
        });
    }

    private static bool IsAlive(Lease lease, DateTimeOffset now) => now < lease.ExpiresAt && lease.Owner.IsAlive(now);

    /// <summary>The lease of a batch token ends with the token, and its duration shows that from the beginning.</summary>
    private static TimeSpan Bounded(TokenEntry owner, TimeSpan ttl, DateTimeOffset now) =>
        owner.Type == "batch" && owner.ExpiresAt is { } end && end - now < ttl ? end - now : ttl;

    private static string Named(VaultRequest request, ReadOnlySpan<string> below) =>
        below.Length > 0 ? string.Join('/', below!)
        : request.Data.Text("lease_id") is { Length: > 0 } named ? named
        : throw new VaultRefusal(400, "lease_id must be specified");
}
