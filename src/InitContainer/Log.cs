using System.Globalization;

namespace AkkaVault.InitContainer;

/// <summary>The levels of the container's log, the lowest first.</summary>
internal enum LogLevel
{
    /// <summary>Every step.</summary>
    Debug,

    /// <summary>The start, the result and what an operator should know.</summary>
    Info,

    /// <summary>Failures only.</summary>
    Error,
}

/// <summary>
/// The container's log: lines of <c>time LEVEL message</c>. Errors go to stderr, all others to stdout. Callers never pass a secret. Each
/// line is written at once, so lines of concurrent requests do not mix.
/// </summary>
/// <param name="least">The lowest level that is written.</param>
/// <param name="steps">Receives all lines but errors.</param>
/// <param name="errors">Receives errors.</param>
internal sealed class Log(LogLevel least, TextWriter steps, TextWriter errors)
{
    private const int MaxMessageLength = 2000;

    /// <summary>Writes a step.</summary>
    public void Debug(string message) => Write(LogLevel.Debug, "DEBUG", message);

    /// <summary>Writes what an operator should know.</summary>
    public void Info(string message) => Write(LogLevel.Info, "INFO ", message);

    /// <summary>Writes a problem that does not stop the work.</summary>
    public void Warn(string message) => Write(LogLevel.Info, "WARN ", message);

    /// <summary>Writes a failure.</summary>
    public void Error(string message) => Write(LogLevel.Error, "ERROR", message);

    private void Write(LogLevel level, string name, string message)
    {
        if (level < least) return;
        var time = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        // A message may quote text from the network, which must neither forge lines nor fill the node's disk.
        if (message.Length > MaxMessageLength) message = $"{message.AsSpan(0, MaxMessageLength)}…";
        var line = $"{time} {name} {message.ReplaceLineEndings(" ")}\n";
        (level == LogLevel.Error ? errors : steps).Write(line);
    }
}
