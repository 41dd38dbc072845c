using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Vault.Renewal;

/// <summary>What is logged about the controller's Vault token; the ids are documented in docs/logs.md.</summary>
internal static partial class LogTokens
{
    [LoggerMessage(1400, LogLevel.Information, "{Text}")]
    public static partial void TokenGood(this ILogger log, string text);

    [LoggerMessage(1401, LogLevel.Error, "{Text}")]
    public static partial void TokenTrouble(this ILogger log, string text);
}
