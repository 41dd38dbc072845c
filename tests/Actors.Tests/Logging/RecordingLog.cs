using Microsoft.Extensions.Logging;

namespace AkkaVault.Actors.Tests.Logging;

/// <summary>A log that keeps its entries for a test.</summary>
internal sealed class RecordingLog<T> : ILogger<T>
{
    private readonly List<(int Id, string Text)> _entries = [];
    private readonly List<IReadOnlyList<KeyValuePair<string, object?>>> _properties = [];

    /// <summary>The entries: event id and text.</summary>
    public IReadOnlyList<(int Id, string Text)> Entries
    {
        get { lock (_entries) return [.. _entries]; }
    }

    /// <summary>The properties of each entry.</summary>
    public IReadOnlyList<IReadOnlyList<KeyValuePair<string, object?>>> Properties
    {
        get { lock (_entries) return [.. _properties]; }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_entries)
        {
            _entries.Add((eventId.Id, formatter(state, exception)));
            _properties.Add((IReadOnlyList<KeyValuePair<string, object?>>)state!);
        }
    }
}
