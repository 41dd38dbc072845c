namespace AkkaVault.InitContainer;

/// <summary>Lets one push at a time use a Vault. Pushes that name another Vault do not wait for it, so a forged push that names a silent Vault blocks no other.</summary>
internal sealed class VaultTurns
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Uri, Line> _lines = [];

    /// <summary>Waits until no other push uses the Vault.</summary>
    /// <param name="vault">Its address.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>Dispose of it to let the next push use the Vault.</returns>
    public async Task<IDisposable> TakeAsync(Uri vault, CancellationToken cancellation)
    {
        Line? line;
        lock (_gate)
        {
            if (!_lines.TryGetValue(vault, out line)) _lines.Add(vault, line = new Line(this, vault));
            line.Users++;
        }

        try
        {
            await line.Turn.WaitAsync(cancellation).ConfigureAwait(false);
            return line;
        }
        catch
        {
            Leave(line);
            throw;
        }
    }

    private void Leave(Line line)
    {
        lock (_gate)
        {
            if (--line.Users > 0) return;
            _lines.Remove(line.Vault);
        }

        line.Turn.Dispose();
    }

    private sealed class Line(VaultTurns turns, Uri vault) : IDisposable
    {
        public Uri Vault => vault;

        public SemaphoreSlim Turn { get; } = new(1);

        public int Users { get; set; }

        public void Dispose()
        {
            Turn.Release();
            turns.Leave(this);
        }
    }
}
