using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AkkaVault.Controller.Observability;

/// <summary><c>/metrics</c>, <c>/healthz/live</c> and <c>/healthz/ready</c>.</summary>
public static class MetricsEndpoints
{
    private const string ExpositionFormat = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Adds them.</summary>
    public static void MapMetricsAndHealth(this IEndpointRouteBuilder routes, ControllerMetrics metrics)
    {
        routes.MapGet("/metrics", async (HttpContext context) =>
        {
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
