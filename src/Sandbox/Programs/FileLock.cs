namespace AkkaVault.Sandbox.Programs;

/// <summary>One process at a time; released when disposed, or by the system when the process ends.</summary>
internal static class FileLock
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits for the turn.</summary>
    /// <param name="path">A file in an existing folder; stays there.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public static async Task<IAsyncDisposable> TakeAsync(string path, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                await Task.Delay(s_interval, cancellation);
            }
        }
    }
}
