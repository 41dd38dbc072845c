using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Standalone;

/// <summary>The log messages about controllers without a cluster section; docs/logs.md documents the ids.</summary>
internal static partial class LogStandalone
{
    [LoggerMessage(1506, LogLevel.Warning, "{Addresses} addresses are behind the Service {Service}, and this controller has no cluster section: if they are controllers, each of them serves every pod. Set cluster.hostname: $POD_IP, cluster.replicas and state.store: kubernetes in all of them, or run one replica")]
    public static partial void NotAlone(this ILogger log, int addresses, string service);
}
