using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Hosting.Health;

/// <summary>Liveness and readiness, as .NET's health checks: <c>ok</c>, or 503 with the first problem in words.</summary>
internal static class ControllerHealth
{
    private const string Ready = "ready";
    private const string Ok = "ok";

    /// <summary>Adds the checks, in the order in which their problems are reported.</summary>
    /// <param name="services">The host's.</param>
    /// <param name="isClustered">Whether there is a <c>cluster</c> section.</param>
    public static IServiceCollection AddControllerHealth(this IServiceCollection services, bool isClustered)
    {
        // It logs each answer that is not "ok", at every probe; ready or not is the caller's to read, and a check that throws is logged by Kestrel.
        services.AddLogging(logging => logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None));
        var checks = services.AddHealthChecks()
            .AddCheck<VaultTrustCheck>("vault-trust", tags: [Ready])
            .AddCheck<VaultTokenCheck>("vault-token", tags: [Ready]);
        if (isClustered)
        {
            // One for all probes: it remembers that all members were linked once.
            services.AddSingleton<LinksCheck>();
            checks.AddCheck<MembershipCheck>("membership", tags: [Ready]).AddCheck<LinksCheck>("links", tags: [Ready]);
        }
        else
        {
            checks.AddCheck<WatchCheck>("watch", tags: [Ready]);
        }

        return services;
    }

    /// <summary>Adds an endpoint that answers as long as the process does.</summary>
    public static void MapLiveness(this IEndpointRouteBuilder routes, string pattern) => routes.MapChecks(pattern, _ => false);

    /// <summary>Adds an endpoint that answers whether this controller can do its part.</summary>
    public static void MapReadiness(this IEndpointRouteBuilder routes, string pattern) => routes.MapChecks(pattern, check => check.Tags.Contains(Ready));

    /// <summary>Why this controller cannot do its part, in the words of the endpoint; null: it can.</summary>
    public static async Task<string?> ReadinessProblemAsync(this HealthCheckService checks, CancellationToken cancellation) =>
        ProblemOf(await checks.CheckHealthAsync(check => check.Tags.Contains(Ready), cancellation).ConfigureAwait(false));

    private static void MapChecks(this IEndpointRouteBuilder routes, string pattern, Func<HealthCheckRegistration, bool> predicate) => routes
        .MapHealthChecks(pattern, new HealthCheckOptions { Predicate = predicate, ResponseWriter = WriteAsync })
        .WithMetadata(new HttpMethodMetadata([HttpMethods.Get]));

    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        var problem = ProblemOf(report);
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(problem ?? Ok, context.RequestAborted);
    }

    private static string? ProblemOf(HealthReport report)
    {
        var entries = report.Entries.Values.Where(entry => entry.Status != HealthStatus.Healthy).ToList();
        // A check that throws is a bug: 500, and the exception is in the log.
        if (entries.Select(entry => entry.Exception).FirstOrDefault(exception => exception is not null) is { } exception)
            throw new InvalidOperationException("a health check has failed", exception);
        return entries.FirstOrDefault().Description;
    }
}
