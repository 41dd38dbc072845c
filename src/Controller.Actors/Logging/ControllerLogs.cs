using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Logging;

/// <summary>Where the controller's log goes: stdout, a line an entry.</summary>
internal static class ControllerLogs
{
    /// <summary>Adds it, and nothing else.</summary>
    public static ILoggingBuilder AddControllerLogs(this ILoggingBuilder logging, LogOptions options)
    {
        logging.ClearProviders().SetMinimumLevel(options.Level)
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("Akka.", options.Level == LogLevel.Debug ? LogLevel.Information : LogLevel.Warning);
        if (options.Json)
            return logging.AddConsole(console => console.FormatterName = JsonLogFormatter.FormatterName).AddConsoleFormatter<JsonLogFormatter, JsonLogFormatterOptions>();
        return logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });
    }
}
