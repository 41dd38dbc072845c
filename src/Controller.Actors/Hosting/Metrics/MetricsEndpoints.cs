using AkkaVault.Controller.Hosting.Health;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AkkaVault.Controller.Hosting.Metrics;

/// <summary><c>/metrics</c>, <c>/healthz/live</c> and <c>/healthz/ready</c>.</summary>
public static class MetricsEndpoints
{
    private const string ExpositionFormat = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Adds them.</summary>
    /// <param name="routes">Where.</param>
    /// <param name="metrics">What is scraped.</param>
    /// <param name="needsCertificate">Whether scrapers must present a certificate. The kubelet, which probes health, has none.</param>
    public static void MapMetricsAndHealth(this IEndpointRouteBuilder routes, ControllerMetrics metrics, bool needsCertificate)
    {
        routes.MapGet("/metrics", async (HttpContext context) =>
        {
            if (needsCertificate && context.Connection.ClientCertificate is null)
            {
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                await context.Response.WriteAsync("a client certificate is required\n", context.RequestAborted).ConfigureAwait(false);
                return;
            }

            context.Response.ContentType = ExpositionFormat;
            await metrics.Registry.CollectAndExportAsTextAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
        });
        routes.MapGet("/healthz/live", () => Results.Text("ok"));
        // Asked for late: there is no actor system before the host has started.
        routes.MapGet("/healthz/ready", (HttpContext context) => context.RequestServices.GetRequiredService<Readiness>().Problem is { } reason
            ? Results.Text(reason, statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Text("ok"));
    }
}
