using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Deliveries;

/// <summary>What is logged about deliveries; the ids are documented in docs/logs.md.</summary>
internal static partial class LogDeliveries
{
    [LoggerMessage(1100, LogLevel.Information, "delivered {Namespace}/{Pod} role={Role} in {Milliseconds} ms, pushes={Pushes}")]
    public static partial void Delivered(this ILogger log, string @namespace, string pod, string role, long milliseconds, int pushes);

    [LoggerMessage(1101, LogLevel.Error, "{Namespace}/{Pod} (AppRole {Role}) has no secret yet: {Problem}. The controllers try again until the pod is gone.")]
    public static partial void NotDelivered(this ILogger log, string @namespace, string pod, string role, string problem);

    [LoggerMessage(1102, LogLevel.Error, "{Namespace}/{Pod} (AppRole {Role}): the wrapping token was used by somebody else before the pod could unwrap it. This may be theft.")]
    public static partial void WrappingTokenUsed(this ILogger log, string @namespace, string pod, string role);

    [LoggerMessage(1103, LogLevel.Warning, "{Namespace}/{Pod} (AppRole {Role}): the wrapping token was invalid before the pod could unwrap it. Whether a controller had revoked it could not be found out; if none had, this may be theft.")]
    public static partial void WrappingTokenDead(this ILogger log, string @namespace, string pod, string role);

    [LoggerMessage(1110, LogLevel.Warning, "{Namespace}/{Pod} (AppRole {Role}) has waited for its secret for a minute or more: {Problem} ({Code}). {Advice} The controllers try again until the pod is gone.")]
    public static partial void Overdue(this ILogger log, string @namespace, string pod, string role, string problem, string code, string advice);

    [LoggerMessage(1111, LogLevel.Warning, "{Namespace}/{Pod} (AppRole {Role}) says that its wrapping token is invalid, but Vault says that it was valid: the pod asks another Vault than the controllers do, or something else answers on its port 50000. The token is revoked, and the pod gets another one.")]
    public static partial void WrappingTokenAlive(this ILogger log, string @namespace, string pod, string role);

    [LoggerMessage(1112, LogLevel.Warning, "{Namespace}/{Pod} (AppRole {Role}): the sidecar has a secret, and has not got the other one that it asked for: {Problem} ({Code}). {Advice} The controllers try again. If no other one comes in time, the sidecar ends while its token is good, and is started again.")]
    public static partial void NotRedelivered(this ILogger log, string @namespace, string pod, string role, string problem, string code, string advice);
}
