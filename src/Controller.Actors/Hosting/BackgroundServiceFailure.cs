using Microsoft.Extensions.Hosting;

namespace AkkaVault.Controller.Hosting;

/// <summary>The host stops when one of its background services fails, as if it had been asked to; only the service's task has the failure.</summary>
internal static class BackgroundServiceFailure
{
    /// <summary>The first service that has failed, and its exception; null: none has.</summary>
    public static (string Service, Exception Failure)? In(IEnumerable<IHostedService> services) => services.OfType<BackgroundService>()
        .Select(service => service.ExecuteTask is { IsFaulted: true, Exception: var failure } ? (service.GetType().Name, failure.GetBaseException()) : ((string, Exception)?)null)
        .FirstOrDefault(failed => failed is not null);
}
