using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Vault;

/// <summary>What is logged about Vault; the ids are documented in docs/logs.md.</summary>
internal static partial class LogVault
{
    [LoggerMessage(1402, LogLevel.Error, "{What} does not serve requests: {Problem}. Requests wait, and one at a time is sent as a probe")]
    public static partial void CircuitOpened(this ILogger log, string what, string? problem);

    [LoggerMessage(1403, LogLevel.Information, "{What} serves requests again. Waiting requests are sent, a few at a time")]
    public static partial void CircuitClosed(this ILogger log, string what);

    [LoggerMessage(1404, LogLevel.Warning, "The CA certificates for Vault were fetched over an unverified connection. Compare them with those of your PKI: {Certificates}")]
    public static partial void CaUnverified(this ILogger log, object certificates);

    [LoggerMessage(1405, LogLevel.Warning, "Undelivered wrapping tokens cannot be revoked, and stay valid until they expire: {Problem}. Grant update on auth/token/revoke-accessor")]
    public static partial void RevokeForbidden(this ILogger log, string problem);

    [LoggerMessage(1406, LogLevel.Information, "{Count} undelivered wrapping tokens could not be revoked before this controller ended. They expire, or the next controller revokes them")]
    public static partial void WrappingTokensLeft(this ILogger log, int count);
}
