using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Sandbox.Kubernetes;

/// <summary>
/// A Kubernetes API server in memory over real HTTP on loopback, for pods: create, read, list in pages, watch with bookmarks
/// and selectors, patch their status, delete; answered as a 1.20 API server answers it.
/// </summary>
public sealed class SimulatedApiServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly PodStore _store = new();
    private CancellationTokenSource _watches = new();

    private SimulatedApiServer(WebApplication app) => _app = app;

    /// <summary>Its base address.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>The bearer token it knows.</summary>
    public string Token { get; } = Guid.NewGuid().ToString("N");

    /// <summary>Starts one on a free port.</summary>
    public static async Task<SimulatedApiServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var server = new SimulatedApiServer(app);
        app.Use(server.AuthenticateAsync);
        app.MapGet("/api/v1/pods", context => server.ListOrWatchAsync(context, null));
        app.MapGet("/api/v1/namespaces/{ns}/pods", context => server.ListOrWatchAsync(context, Route(context, "ns")));
        app.MapPost("/api/v1/namespaces/{ns}/pods", server.CreateAsync);
        app.MapGet("/api/v1/namespaces/{ns}/pods/{name}", server.GetAsync);
        app.MapPatch("/api/v1/namespaces/{ns}/pods/{name}/status", server.PatchStatusAsync);
        app.MapDelete("/api/v1/namespaces/{ns}/pods/{name}", server.DeleteAsync);
        app.MapFallback(context => StatusAnswer.WriteAsync(context, 404, "NotFound", "the server could not find the requested resource"));
        await app.StartAsync().ConfigureAwait(false);
        server.Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return server;
    }

    /// <summary>Writes a kubeconfig for it.</summary>
    public void WriteKubeconfig(string path) => File.WriteAllText(path, $$"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: sandbox
          cluster:
            server: "{{Address}}"
        users:
        - name: sandbox
          user:
            token: "{{Token}}"
        contexts:
        - name: sandbox
          context:
            cluster: sandbox
            user: sandbox
        current-context: sandbox
        """);

    /// <summary>Drops the history: a watch from an older version is answered 410.</summary>
    public void Compact() => _store.Compact();

    /// <summary>Closes every watch.</summary>
    public void DropWatches() => Interlocked.Exchange(ref _watches, new CancellationTokenSource()).Cancel();

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        DropWatches();
        return _app.DisposeAsync();
    }

    private static string Route(HttpContext context, string name) => (string)context.Request.RouteValues[name]!;

    private async Task AuthenticateAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Headers.Authorization.ToString() == $"Bearer {Token}") await next(context).ConfigureAwait(false);
        else await StatusAnswer.WriteAsync(context, 401, "Unauthorized", "Unauthorized").ConfigureAwait(false);
    }

    private async Task ListOrWatchAsync(HttpContext context, string? ns)
    {
        var query = context.Request.Query;
        PodSelector selector;
        try
        {
            selector = new PodSelector(ns, query["fieldSelector"].ToString(), query["labelSelector"].ToString());
        }
        catch (ArgumentException e)
        {
            await StatusAnswer.WriteAsync(context, 400, "BadRequest", e.Message).ConfigureAwait(false);
            return;
        }

        if (query["watch"].ToString() is "1" or "true") await WatchAsync(context, selector).ConfigureAwait(false);
        else await ListAsync(context, selector).ConfigureAwait(false);
    }

    private async Task ListAsync(HttpContext context, PodSelector selector)
    {
        var (pods, version) = _store.List();
        var start = 0;
        var token = context.Request.Query["continue"].ToString();
        var selected = pods.Where(selector.Matches).ToList();
        if (token.Length > 0)
        {
            if (token.Split('|') is not [var atVersion, var after] || !long.TryParse(atVersion, CultureInfo.InvariantCulture, out version))
            {
                await StatusAnswer.WriteAsync(context, 400, "BadRequest", "invalid continue token: continue key is not valid: not a token of this server").ConfigureAwait(false);
                return;
            }

            if (version < _store.Versions.Oldest)
            {
                await StatusAnswer.WriteAsync(context, 410, "Expired", "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.").ConfigureAwait(false);
                return;
            }

            start = selected.TakeWhile(pod => string.CompareOrdinal($"{pod.Namespace}/{pod.Name}", after) <= 0).Count();
        }

        var limit = int.TryParse(context.Request.Query["limit"], CultureInfo.InvariantCulture, out var wanted) && wanted > 0 ? wanted : int.MaxValue;
        var page = selected.Skip(start).Take(limit).ToList();
        var metadata = new JsonObject { ["resourceVersion"] = $"{version}" };
        if (start + page.Count < selected.Count) metadata["continue"] = $"{version}|{page[^1].Namespace}/{page[^1].Name}";
        await StatusAnswer.WriteJsonAsync(context, 200, new JsonObject
        {
            ["kind"] = "PodList",
            ["apiVersion"] = "v1",
            ["metadata"] = metadata,
            ["items"] = new JsonArray([.. page.Select(pod => pod.Json.DeepClone())]),
        }).ConfigureAwait(false);
    }

    private async Task WatchAsync(HttpContext context, PodSelector selector)
    {
        var query = context.Request.Query;
        var text = query["resourceVersion"].ToString();
        if (!long.TryParse(text, CultureInfo.InvariantCulture, out var version))
        {
            await StatusAnswer.WriteAsync(context, 500, null, $"resourceVersion: Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax").ConfigureAwait(false);
            return;
        }

        var timeout = int.TryParse(query["timeoutSeconds"], CultureInfo.InvariantCulture, out var seconds) ? seconds : 1800;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _watches.Token);
        end.CancelAfter(TimeSpan.FromSeconds(timeout));
        context.Response.ContentType = "application/json";
        await new WatchStream(_store, selector, context.Response.Body).RunAsync(version, query["allowWatchBookmarks"].ToString() is "1" or "true", end.Token, context.RequestAborted).ConfigureAwait(false);
    }

    private async Task CreateAsync(HttpContext context)
    {
        var pod = (await JsonNode.ParseAsync(context.Request.Body).ConfigureAwait(false))!.AsObject();
        var (ns, name) = (Route(context, "ns"), (string)pod["metadata"]!["name"]!);
        var exists = false;
        var stored = _store.Change(ns, name, before =>
        {
            exists = before is not null;
            return exists ? before!.Json : PodDefaults.Of(pod, ns);
        });
        if (exists) await StatusAnswer.WriteAsync(context, 409, "AlreadyExists", $"pods \"{name}\" already exists").ConfigureAwait(false);
        else await StatusAnswer.WriteJsonAsync(context, 201, stored!.Json).ConfigureAwait(false);
    }

    private Task GetAsync(HttpContext context) => _store.Find(Route(context, "ns"), Route(context, "name")) is { } pod
        ? StatusAnswer.WriteJsonAsync(context, 200, pod.Json)
        : NotFoundAsync(context);

    private async Task PatchStatusAsync(HttpContext context)
    {
        var patch = (await JsonNode.ParseAsync(context.Request.Body).ConfigureAwait(false))!.AsObject();
        var stored = _store.Change(Route(context, "ns"), Route(context, "name"), before =>
        {
            if (before is null) return null;
            var json = before.Json.DeepClone().AsObject();
            MergePatch.Apply(json["status"]!.AsObject(), patch["status"]!.AsObject());
            return json;
        });
        if (stored is null) await NotFoundAsync(context).ConfigureAwait(false);
        else await StatusAnswer.WriteJsonAsync(context, 200, stored.Json).ConfigureAwait(false);
    }

    private async Task DeleteAsync(HttpContext context)
    {
        var stored = _store.Change(Route(context, "ns"), Route(context, "name"), _ => null);
        if (stored is null) await NotFoundAsync(context).ConfigureAwait(false);
        else await StatusAnswer.WriteJsonAsync(context, 200, stored.Json).ConfigureAwait(false);
    }

    private static Task NotFoundAsync(HttpContext context) =>
        StatusAnswer.WriteAsync(context, 404, "NotFound", $"pods \"{Route(context, "name")}\" not found");
}

/// <summary>Answers in the API server's words.</summary>
internal static class StatusAnswer
{
    public static Task WriteAsync(HttpContext context, int code, string? reason, string message) => WriteJsonAsync(context, code, Status(code, reason, message));

    public static JsonObject Status(int code, string? reason, string message)
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = message,
        };
        if (reason is not null) status["reason"] = reason;
        status["code"] = code;
        return status;
    }

    public static Task WriteJsonAsync(HttpContext context, int code, JsonNode json)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json.ToJsonString(JsonSerializerOptions.Default), context.RequestAborted);
    }
}
