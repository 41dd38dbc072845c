using Akka.Event;

namespace AkkaVault.Controller.Logging;

/// <summary>
/// What Akka says when its loggers are not up yet or are down already. It would go to stdout past the log, in a format of its own
/// and, when the loggers stop, whatever <c>stdout-loglevel</c> is: errors go to stderr instead, the rest nowhere.
/// </summary>
public sealed class AkkaStdoutLogger : MinimalLogger
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
