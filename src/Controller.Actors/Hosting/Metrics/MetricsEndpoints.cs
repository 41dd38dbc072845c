using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AkkaVault.Controller.Hosting.Metrics;

/// <summary><c>/metrics</c>.</summary>
internal static class MetricsEndpoints
{
    private const string ExpositionFormat = "text/plain; version=0.0.4; charset=utf-8";

    /// <param name="routes">The routes of the metrics port.</param>
    /// <param name="metrics">The metrics that are scraped.</param>
    /// <param name="needsCertificate">Whether scrapers must present a certificate.</param>
    public static void MapMetrics(this IEndpointRouteBuilder routes, ControllerMetrics metrics, bool needsCertificate)
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
    }
}
