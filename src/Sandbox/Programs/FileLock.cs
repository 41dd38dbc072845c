namespace AkkaVault.Sandbox.Programs;

/// <summary>A lock between processes. It is released when it is disposed, and by the system when the process ends.</summary>
internal static class FileLock
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits until the lock is free, and takes it.</summary>
    /// <param name="path">A file in an existing folder. The file is not deleted.</param>
    /// <param name="cancellation">Cancels the wait.</param>
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
