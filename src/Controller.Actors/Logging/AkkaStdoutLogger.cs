using Akka.Event;

namespace AkkaVault.Controller.Logging;

/// <summary>
/// Akka's log before its loggers have started and after they have stopped. By default it goes to stdout in a format of its own, and at the stop
/// regardless of <c>stdout-loglevel</c>. Here errors go to stderr, and the rest nowhere.
/// </summary>
internal sealed class AkkaStdoutLogger : MinimalLogger
{
    /// <summary>Makes it Akka's.</summary>
    public static readonly string Hocon = $$"""
        akka {
          stdout-loglevel = ERROR
          stdout-logger-class = "{{typeof(AkkaStdoutLogger).AssemblyQualifiedName}}"
        }
        """;

    /// <inheritdoc/>
    protected override void Log(object message)
    {
        if (message is Error error) Console.Error.WriteLine(error);
    }
}
