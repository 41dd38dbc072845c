namespace AkkaVault.InitContainer;

/// <summary>What is logged.</summary>
public enum LogLevel
{
    /// <summary>Everything.</summary>
    Debug,

    /// <summary>What happened.</summary>
    Info,

    /// <summary>What went wrong.</summary>
    Error,
}

/// <summary>Lines on stderr. Nothing secret is ever given to it.</summary>
/// <param name="level">The least level that is written.</param>
public sealed class Log(LogLevel level)
{
    /// <summary>Writes a line at debug level.</summary>
    public void Debug(string message) => Write(LogLevel.Debug, message);

    /// <summary>Writes a line at info level.</summary>
    public void Info(string message) => Write(LogLevel.Info, message);

    /// <summary>Writes a line at error level.</summary>
    public void Error(string message) => Write(LogLevel.Error, message);

    private void Write(LogLevel at, string message)
    {
        if (at >= level) Console.Error.WriteLine($"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.fffZ} {at.ToString().ToLowerInvariant()}: {message}");
    }
}
