namespace AkkaVault.Sandbox.Vault;

/// <summary>A request that the simulated Vault saw; no secret is in it.</summary>
/// <param name="Time">When it was answered, by Vault's clock.</param>
/// <param name="Method">The HTTP method; <c>LIST</c> also for a GET with <c>?list=true</c>.</param>
/// <param name="Path">The path below <c>/v1/</c>.</param>
/// <param name="Status">The status answered; 0 when the connection was cut.</param>
/// <param name="TokenAccessor">The accessor of the token used; null when none came or it was unknown.</param>
public sealed record AuditEntry(DateTimeOffset Time, string Method, string Path, int Status, string? TokenAccessor);

/// <summary>The last requests, oldest first.</summary>
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
