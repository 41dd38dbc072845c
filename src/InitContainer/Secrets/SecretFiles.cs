using AkkaVault.InitContainer.Sidecar;
using AkkaVault.Shared;
using AkkaVault.Shared.Http;
using AkkaVault.Shared.Vault;

namespace AkkaVault.InitContainer.Secrets;

/// <summary>The files of <c>VAULT_SECRETS</c>. Safe to use from any thread.</summary>
/// <param name="settings">The files, and how often their secrets are read again.</param>
/// <param name="credentialsPath"><c>CREDENTIALS_PATH</c>.</param>
/// <param name="log">Receives a line for what is read and written.</param>
internal sealed class SecretFiles(SecretSettings settings, string credentialsPath, Log log)
{
    private readonly SecretReader _reader = new(settings);
    private readonly SecretFolder _folder = new(credentialsPath);
    private readonly Lock _gate = new();
    private readonly Dictionary<SecretPath, SecretReading> _readings = [];
    private IReadOnlyList<SecretLoop> _loops = [];
    private volatile SecretAccess? _access;
    private Task _rewriting = Task.CompletedTask;

    /// <summary>The token that secrets are read with.</summary>
    /// <exception cref="InvalidOperationException">Before <see cref="Begin"/>.</exception>
    public SecretAccess Access => _access ?? throw new InvalidOperationException("There is no token yet.");

    /// <summary>Which file is still missing, for the startup probe; null: none is.</summary>
    /// <param name="variable">The value of an environment variable, null when unset.</param>
    /// <param name="credentialsPath"><c>CREDENTIALS_PATH</c>.</param>
    public static string? WhyNotReady(Func<string, string?> variable, string credentialsPath) =>
        variable(SecretLines.Variable) is { Length: > 0 } text && new SecretFolder(credentialsPath).FindMissing(SecretLines.Parse(text, [])) is { } missing
            ? $"a secret is missing: {missing} is not there"
            : null;

    /// <summary>The first reading of all secrets, with a new token.</summary>
    public FirstReading ReadWith(VaultClient vault, string token) => new(_reader, new SecretAccess(vault, token), log);

    /// <summary>Writes all files for the first time.</summary>
    /// <exception cref="IOException">They could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for lack of rights.</exception>
    public void Write(IReadOnlyList<SecretReading> readings)
    {
        lock (_gate)
        {
            foreach (var reading in readings) _readings[reading.Path] = reading;
            WriteAll();
            log.Info($"Wrote {settings.Files.Count} files of {readings.Count} secrets to {credentialsPath}");
        }
    }

    /// <summary>Writes the files if a secret that was read again has changed.</summary>
    public void Put(SecretReading reading)
    {
        lock (_gate)
        {
            var isSame = IsSame(reading.Files, _readings[reading.Path].Files);
            _readings[reading.Path] = reading;
            if (isSame) return;
            // If an earlier write failed, this one writes its files, too.
            if (!_rewriting.IsCompleted) return;
            if (TryWriteAll()) log.Info($"Wrote {string.Join(", ", reading.Files.Keys)} of the secret {reading.Path} again");
            else _rewriting = RewriteAsync();
        }
    }

    /// <summary>Keeps the secrets good from now on, in the background.</summary>
    /// <param name="vault">The Vault of the token.</param>
    /// <param name="token">The token that secrets are read with.</param>
    /// <param name="metrics">Counts what is read and renewed.</param>
    /// <returns>Dispose of it to end the renewal.</returns>
    public IDisposable Begin(VaultClient vault, string token, SidecarMetrics metrics)
    {
        _access = new SecretAccess(vault, token);
        var end = new CancellationTokenSource();
        lock (_gate)
        {
            var loops = new List<SecretLoop>();
            foreach (var reading in _readings.Values)
            {
                var loop = new SecretLoop(this, _reader, reading.Path, settings.Interval, metrics, log);
                loops.Add(loop);
                _ = RunAsync(loop, reading.Lease, end.Token);
            }

            _loops = loops;
        }

        return new Renewals(end);
    }

    /// <summary>Uses another token from now on. Secrets with leases are read again, because their leases end with the earlier token.</summary>
    public void Use(VaultClient vault, string token)
    {
        _access = new SecretAccess(vault, token);
        lock (_gate)
        {
            foreach (var loop in _loops) loop.TokenReplaced();
        }
    }

    private async Task RunAsync(SecretLoop loop, SecretLease lease, CancellationToken cancellation)
    {
        try
        {
            await loop.RunAsync(lease, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The process ends.
        }
        catch (Exception e)
        {
            log.Error($"A secret is not read any more for a reason that was not foreseen; please report it: {Unforeseen.Describe(e)}");
        }
    }

    private static bool IsSame(IReadOnlyDictionary<string, byte[]> files, IReadOnlyDictionary<string, byte[]> others)
    {
        foreach (var (name, content) in files)
        {
            if (!content.AsSpan().SequenceEqual(others[name])) return false;
        }

        return true;
    }

    private void WriteAll()
    {
        var all = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var reading in _readings.Values)
        {
            foreach (var (name, content) in reading.Files) all[name] = content;
        }

        _folder.Write(all);
        try
        {
            _folder.RemoveOld();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Warn($"The files are written, but those before them cannot be removed from {credentialsPath}: {Causes.Of(e)}");
        }
    }

    private bool TryWriteAll()
    {
        try
        {
            WriteAll();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Error($"The files of secrets in {credentialsPath} cannot be written again, trying again: {Causes.Of(e)}");
            return false;
        }
    }

    private async Task RewriteAsync()
    {
        for (var isWritten = false; !isWritten;)
        {
            await Task.Delay(Backoff.Slow.After(1, Random.Shared.NextDouble())).ConfigureAwait(false);
            lock (_gate) isWritten = TryWriteAll();
        }

        log.Info($"Wrote the files of secrets to {credentialsPath} again");
    }

    private sealed class Renewals(CancellationTokenSource end) : IDisposable
    {
        public void Dispose()
        {
            end.Cancel();
            end.Dispose();
        }
    }
}
