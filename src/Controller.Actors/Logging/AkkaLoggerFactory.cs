using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Logging;

/// <summary>Loggers for Akka, which leave out what is of no use to an operator (<see cref="AkkaLogFilter"/>), unless all is wanted (debug).</summary>
/// <param name="loggers">Where the rest goes.</param>
/// <param name="clock">This node's clock.</param>
internal sealed partial class AkkaLoggerFactory(ILoggerFactory loggers, TimeProvider clock) : ILoggerFactory
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new AkkaLogger(loggers.CreateLogger(categoryName), clock);

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => loggers.AddProvider(provider);

    /// <inheritdoc/>
    // The host's own, who disposes of it.
    public void Dispose()
    {
    }

    /// <summary>An entry as Akka formats it, without what the log says anyway: its level, its time, and its exception once more.</summary>
    internal static string Bare(string text, Exception? exception)
    {
        var bare = Prefix().Replace(text, "");
        return exception is not null && bare.IndexOf("\nCause: ", StringComparison.Ordinal) is >= 0 and var cause ? bare[..cause].TrimEnd() : bare;
    }

    [GeneratedRegex(@"^\[\w+\]\[[^\]]*\]\[Thread \d+\]")]
    private static partial Regex Prefix();

    private sealed class AkkaLogger(ILogger log, TimeProvider clock) : ILogger
    {
        private readonly Lock _gate = new();
        private AkkaLogFilter _noise = AkkaLogFilter.None;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => log.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => log.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            var text = Bare(formatter(state, exception), exception);
            if (!IsEnabled(LogLevel.Information) && !IsNews(text)) return;
            log.Log(logLevel, eventId, text, exception, static (text, _) => text);
        }

        private bool IsNews(string text)
        {
            lock (_gate)
            {
                (_noise, var isNews) = _noise.Handle(text, clock.GetUtcNow());
                return isNews;
            }
        }
    }
}
