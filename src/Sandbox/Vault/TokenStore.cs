namespace AkkaVault.Sandbox.Vault;

/// <summary>Every token of the simulated Vault, wrapping tokens included. The store checks expiry at each access and runs no timer.</summary>
internal sealed class TokenStore(TimeProvider time)
{
    /// <summary>The number of added tokens after which the store removes dead entries.</summary>
    private const int SweepEvery = 4096;

    private readonly Lock gate = new();
    private readonly Dictionary<string, TokenEntry> byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TokenEntry> byAccessor = new(StringComparer.Ordinal);
    private int addedSinceSweep;

    public void Add(TokenEntry entry)
    {
        lock (gate)
        {
            if (entry.Parent is { } parent && !parent.IsAlive(time.GetUtcNow())) throw VaultRefusal.BadToken;
            if (++addedSinceSweep >= SweepEvery) Sweep();
            byId[entry.Id] = entry;
            if (entry.Accessor.Length > 0) byAccessor[entry.Accessor] = entry;
        }
    }

    /// <summary>A live token, or null.</summary>
    public TokenEntry? Find(string id)
    {
        lock (gate) return Alive(byId.GetValueOrDefault(id));
    }

    /// <summary>A live token by its accessor, or null.</summary>
    public TokenEntry? FindByAccessor(string accessor)
    {
        lock (gate) return Alive(byAccessor.GetValueOrDefault(accessor));
    }

    /// <summary>
    /// Counts one use of a live token. The last use of a token with limited uses revokes it. False: the token is dead or has no use left.
    /// </summary>
    public bool TryUse(TokenEntry entry)
    {
        lock (gate)
        {
            if (Alive(entry) is null) return false;
            // The request with the last use still reads its token. The value -1 shows that no use is left.
            if (entry.NumUses > 0 && --entry.UsesLeft <= 0)
            {
                entry.UsesLeft = -1;
                Drop(entry);
            }

            return true;
        }
    }

    /// <summary>Revokes a token and so its children. False: the token was dead already.</summary>
    public bool Revoke(TokenEntry entry)
    {
        lock (gate)
        {
            if (Alive(entry) is null) return false;
            Drop(entry);
            return true;
        }
    }

    /// <summary>Gives a live token a new expiry.</summary>
    public void Renew(TokenEntry entry, TimeSpan ttl)
    {
        lock (gate)
        {
            entry.LastRenewedAt = time.GetUtcNow();
            entry.ExpiresAt = entry.LastRenewedAt + ttl;
        }
    }

    public IReadOnlyList<TokenEntry> AllAlive()
    {
        lock (gate) return [.. byId.Values.Where(entry => Alive(entry) is not null)];
    }

    private TokenEntry? Alive(TokenEntry? entry) => entry is not null && entry.IsAlive(time.GetUtcNow()) ? entry : null;

    private void Drop(TokenEntry entry)
    {
        entry.Revoked = true;
        byId.Remove(entry.Id);
        byAccessor.Remove(entry.Accessor);
    }

    private void Sweep()
    {
        addedSinceSweep = 0;
        var now = time.GetUtcNow();
        foreach (var dead in byId.Values.Where(entry => !entry.IsAlive(now)).ToList())
        {
            dead.DroppedByExpiry = true;
            Drop(dead);
        }
    }
}
