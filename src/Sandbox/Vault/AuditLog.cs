namespace AkkaVault.Sandbox.Vault;

/// <summary>Keeps the last requests, oldest first.</summary>
internal sealed class AuditLog(int capacity)
{
    private readonly Lock gate = new();
    private readonly Queue<AuditEntry> entries = new();

    public IReadOnlyList<AuditEntry> Entries
    {
        get
        {
            lock (gate) return [.. entries];
        }
    }

    public void Add(AuditEntry entry)
    {
        lock (gate)
        {
            if (entries.Count >= capacity && !entries.TryDequeue(out _)) return;
            entries.Enqueue(entry);
        }
    }
}
