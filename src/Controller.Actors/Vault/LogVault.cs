using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Vault;

/// <summary>What is logged about Vault; the ids are documented in docs/logs.md.</summary>
internal static partial class LogVault
{
    [LoggerMessage(1402, LogLevel.Error, "{What} does not serve: {Problem}. Requests wait; one at a time is tried until it does")]
    public static partial void CircuitOpened(this ILogger log, string what, string? problem);

    [LoggerMessage(1403, LogLevel.Information, "{What} serves again; what has waited follows, a few requests at a time")]
    public static partial void CircuitClosed(this ILogger log, string what);

    [LoggerMessage(1404, LogLevel.Warning, "The CA certificates for Vault were fetched over a connection that nothing could verify yet; compare: {Certificates}")]
    public static partial void CaUnverified(this ILogger log, object certificates);

    [LoggerMessage(1405, LogLevel.Warning, "Undelivered wrapping tokens cannot be revoked, they die of their TTL: {Problem}. Grant update on auth/token/revoke-accessor")]
    public static partial void RevokeForbidden(this ILogger log, string problem);

    [LoggerMessage(1406, LogLevel.Information, "{Count} undelivered wrapping tokens could not be revoked before the end: they die of their TTL, or the next controller revokes them")]
    public static partial void WrapsLeft(this ILogger log, int count);
}
