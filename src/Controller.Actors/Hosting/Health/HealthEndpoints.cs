using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AkkaVault.Controller.Hosting.Health;

/// <summary><c>/healthz/live</c> and <c>/healthz/ready</c>. The kubelet probes them, and has no certificate.</summary>
internal static class HealthEndpoints
{
    /// <summary>Adds them.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz/live", () => Results.Text("ok"));
        // Asked for late: there is no actor system before the host has started.
        routes.MapGet("/healthz/ready", (HttpContext context) => context.RequestServices.GetRequiredService<Readiness>().Problem is { } reason
            ? Results.Text(reason, statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Text("ok"));
    }
}
