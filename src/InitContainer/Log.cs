using System.Globalization;

namespace AkkaVault.InitContainer;

/// <summary>What is worth a line in the container's log, from least to most.</summary>
internal enum LogLevel
{
    /// <summary>Every step.</summary>
    Debug,

    /// <summary>Start, result and what an operator should know.</summary>
    Info,

    /// <summary>Only what went wrong.</summary>
    Error,
}

/// <summary>
/// Lines of <c>time LEVEL message</c>, errors on stderr, the rest on stdout. Callers never pass a secret. One line is one
/// write, so lines of concurrent requests do not mix.
/// </summary>
/// <param name="least">The least level that is written.</param>
/// <param name="steps">Where all but errors go.</param>
/// <param name="errors">Where errors go.</param>
internal sealed class Log(LogLevel least, TextWriter steps, TextWriter errors)
{
    private const int MaxMessageLength = 2000;

    /// <summary>Writes a step.</summary>
    public void Debug(string message) => Write(LogLevel.Debug, "DEBUG", message);

    /// <summary>Writes what an operator should know.</summary>
    public void Info(string message) => Write(LogLevel.Info, "INFO ", message);

    /// <summary>Writes something odd that does not stop the work.</summary>
    public void Warn(string message) => Write(LogLevel.Info, "WARN ", message);

    /// <summary>Writes what went wrong.</summary>
    public void Error(string message) => Write(LogLevel.Error, "ERROR", message);

    private void Write(LogLevel level, string name, string message)
    {
        if (level < least) return;
        var time = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        // A message may quote what came over the network: it must not forge lines, nor fill the node's disk.
        if (message.Length > MaxMessageLength) message = $"{message.AsSpan(0, MaxMessageLength)}…";
        var line = $"{time} {name} {message.ReplaceLineEndings(" ")}\n";
        (level == LogLevel.Error ? errors : steps).Write(line);
    }
}
