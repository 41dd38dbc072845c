using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Hosting.Health;
using AkkaVault.Controller.Members;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AkkaVault.Controller.Hosting.Management;

/// <summary>
/// The management port: under Akka.Management's names what it has (<c>/bootstrap</c>, <c>/cluster</c>, <c>/ready</c>, <c>/alive</c>),
/// <c>/pods</c>, and the page with what it reads.
/// </summary>
internal static class ManagementEndpoints
{
    public static IServiceCollection AddManagement(this IServiceCollection services) => services
        .AddSingleton<SeedNodeEndpoint>().AddSingleton<MemberEndpoints>().AddSingleton<ShardEndpoints>().AddSingleton<PodEndpoints>()
        .AddSingleton<IControllerStatusSource, ControllerStatusSource>().AddSingleton<IClusterStatusReader, ClusterStatusReader>().AddSingleton<StatusEndpoints>().AddSingleton<ManagementPage>();

    /// <summary>
    /// Answers on a port of its own. The branch is by the port that the request came to, not by its Host header, which the client
    /// chooses; what is on the one port is not on the other.
    /// </summary>
    public static void UseManagement(this IApplicationBuilder app, int port) => app.MapWhen(
        context => context.Connection.LocalPort == port,
        branch => branch.UseRouting().UseEndpoints(routes => routes.MapManagement()));

    private static void MapManagement(this IEndpointRouteBuilder routes)
    {
        routes.MapLiveness("/alive");
        routes.MapReadiness("/ready");
        routes.MapGet("/bootstrap/seed-nodes", (SeedNodeEndpoint seeds) => seeds.All());
        routes.MapGet("/cluster/members", (MemberEndpoints members) => members.All());
        routes.MapGet("/cluster/shard-types", (ShardEndpoints shards) => shards.Types());
        routes.MapGet("/cluster/shards", (ShardEndpoints shards) => shards.Types());
        routes.MapGet("/cluster/shards/{type}", (ShardEndpoints shards, string type, CancellationToken cancellation) => shards.OfTypeAsync(type, cancellation));
        routes.MapGet("/pods", (PodEndpoints pods, CancellationToken cancellation) => pods.PendingAsync(cancellation));
        routes.MapGet("/pods/{ns}/{name}", (PodEndpoints pods, string ns, string name, string? run, CancellationToken cancellation) => pods.OfPodAsync(ns, name, run, cancellation));

        if (routes.ServiceProvider.GetRequiredService<ControllerConfiguration>().Management is not { Page: false }) routes.MapPage();

        // An address has slashes of its own: akka.tcp://system@host:port.
        const string Member = "/cluster/members/{**address:minlength(1)}";
        routes.MapGet(Member, (MemberEndpoints members, string address) => members.Get(address));
        routes.MapPut(Member, (MemberEndpoints members, HttpContext context, string address) => members.PutAsync(context, address));
        routes.MapDelete(Member, (MemberEndpoints members, HttpContext context, string address) => members.Delete(context, address));
        routes.Map(Member, (MemberEndpoints members, HttpContext context, string address) => members.NotAllowed(context, address));

        routes.MapFallback("{**path}", (HttpContext context) => HttpMethods.IsGet(context.Request.Method)
            ? MessageAnswers.Message(StatusCodes.Status404NotFound, $"There is nothing at {context.Request.Path}")
            : MessageAnswers.NotAllowed(context, HttpMethods.Get, $"{context.Request.Method} is not allowed here"));
    }

    private static void MapPage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", (ManagementPage page, HttpContext context) => page.Answer(context));
        routes.MapGet("/status", (StatusEndpoints status, HttpContext context) => status.OnceAsync(context));
        routes.MapGet("/events", (StatusEndpoints status, HttpContext context) => status.StreamAsync(context));
    }
}
