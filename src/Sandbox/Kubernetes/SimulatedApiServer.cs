using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AkkaVault.Sandbox.Programs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Sandbox.Kubernetes;

/// <summary>
/// A Kubernetes API server in memory. It speaks real HTTP on loopback, and answers as a real one of its version
/// does. It has the kinds of <see cref="ApiResource.All"/>, with create, get, list in consistent pages, watch with
/// bookmarks and selectors, update by compare-and-swap, merge patch and delete, and port-forward and exec of pods over WebSockets. It has static tokens and RBAC.
/// </summary>
public sealed class SimulatedApiServer : IAsyncDisposable
{
    private const string Anonymous = "system:anonymous";
    private const string Admin = "admin";

    private readonly ObjectStore _store;
    private readonly ApiServerVersion _version;
    private readonly ObjectVerbs _verbs;
    private readonly Authorizer _authorizer;
    private readonly ConcurrentDictionary<string, string> _users = new(StringComparer.Ordinal);
    private WebApplication? _app;
    private CancellationTokenSource _watches = new();
    private CancellationTokenSource _speaking = new();

    private SimulatedApiServer(ApiServerVersion version)
    {
        (_version, _store) = (version, new ObjectStore(version));
        (_verbs, _authorizer) = (new ObjectVerbs(_store, version), new Authorizer(_store));
        _users[Token] = Admin;
        foreach (var ns in (string[])["default", "kube-system"])
            _verbs.Create(new ApiPath(ApiResource.Namespaces, "", "", ""), new JsonObject { ["metadata"] = new JsonObject { ["name"] = ns } });
    }

    /// <summary>The base address.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>The bearer token of an administrator.</summary>
    public string Token { get; } = Guid.NewGuid().ToString("N");

    /// <summary>For tests: a status that the server answers a request with; null: the proper answer.</summary>
    public Func<HttpRequest, int?> Fault { get; set; } = _ => null;

    /// <summary>For tests: the program that stands for a command in a pod's container, and the container's variables.</summary>
    public Func<string, IReadOnlyList<string>, (ProgramCommand Program, IReadOnlyDictionary<string, string> Environment)> Containers { get; set; } =
        (_, command) => throw ApiRefusal.BadRequest($"this sandbox runs no {command[0]}");

    /// <summary>Whether the server has EndpointSlices of version v1.</summary>
    public bool ServesSlices => ApiResource.EndpointSlices.IsServedBy(_version);

    /// <summary>Starts a server on a free port.</summary>
    /// <param name="version">The version of the server.</param>
    /// <param name="address">The server's address; null: loopback.</param>
    public static async Task<SimulatedApiServer> StartAsync(ApiServerVersion version = ApiServerVersion.Kubernetes136, IPAddress? address = null)
    {
        var server = new SimulatedApiServer(version);
        await server.ListenAsync(address ?? IPAddress.Loopback, 0).ConfigureAwait(false);
        return server;
    }

    /// <summary>Adds a user. Role bindings give the user rights.</summary>
    public void AddUser(string name, string token) => _users[token] = name;

    /// <summary>Writes a kubeconfig for this server.</summary>
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

    /// <summary>A stored object, read directly and not over HTTP; null: there is no such object.</summary>
    /// <param name="plural">The kind's name in paths.</param>
    /// <param name="ns">The namespace; empty: none.</param>
    /// <param name="name">The object's name.</param>
    public JsonObject? Find(string plural, string ns, string name) =>
        _store.Find(ApiResource.All.First(resource => resource.Plural == plural), ns, name)?.Json.DeepClone().AsObject();

    /// <summary>Drops the history. A watch from an older version gets 410.</summary>
    public void Compact() => _store.Compact();

    /// <summary>A copy of what is stored, for <see cref="Restore"/>.</summary>
    public StoreBackup BackUp() => _store.BackUp();

    /// <summary>Restores an older backup, as an administrator restores etcd. Every watch breaks, because API servers are stopped for a restore.</summary>
    public void Restore(StoreBackup backup)
    {
        _store.Restore(backup);
        DropWatches();
    }

    /// <summary>Breaks every watch.</summary>
    public void DropWatches() => Interlocked.Exchange(ref _watches, new CancellationTokenSource()).Cancel();

    /// <summary>
    /// Keeps every watch open, but sends nothing on it any more, not even its
    /// end. New watches work. A server whose machine is gone looks the same.
    /// </summary>
    public void FreezeWatches() => Interlocked.Exchange(ref _speaking, new CancellationTokenSource()).Cancel();

    /// <summary>Stops listening. What is stored stays.</summary>
    public async Task StopListeningAsync()
    {
        DropWatches();
        if (_app is not null) await _app.DisposeAsync().ConfigureAwait(false);
        _app = null;
    }

    /// <summary>Listens again at the same address.</summary>
    public Task ResumeListeningAsync() => ListenAsync(IPAddress.Parse(Address.Host), Address.Port);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopListeningAsync().ConfigureAwait(false);

    private async Task ListenAsync(IPAddress address, int port)
    {
        // It watches no files: by default .NET watches the working directory with all folders below it.
        var builder = WebApplication.CreateSlimBuilder(["--hostBuilder:reloadConfigOnChange=false"]);
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(address, port));
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Run(HandleAsync);
        await _app.StartAsync().ConfigureAwait(false);
        Address = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    private async Task HandleAsync(HttpContext context)
    {
        try
        {
            if (Fault(context.Request) is { } status) throw new ApiRefusal(status, null, "a fault of the sandbox");
            var user = UserOf(context.Request);
            if (context.Request.Path == SelfAccess.Path)
            {
                await ReviewAsync(context, user).ConfigureAwait(false);
                return;
            }

            var path = ApiPath.Parse(context.Request.Path.Value!);
            if (path is null || !path.Resource.IsServedBy(_version)) throw ApiRefusal.NoSuchResource();
            var verb = VerbOf(context.Request, path);
            if (user != Admin && !_authorizer.Allows(user, verb, path)) throw ApiRefusal.Forbidden(user, verb, path);
            if (path.IsStream) await StreamAsync(context, path).ConfigureAwait(false);
            else if (verb == "watch") await WatchAsync(context, path).ConfigureAwait(false);
            else await AnswerAsync(context, verb == "create" ? 201 : 200, await DoAsync(context.Request, verb, path).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (ApiRefusal refusal)
        {
            await AnswerAsync(context, refusal.Code, refusal.Status).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // A broken watch: the client must see a reset, not an end.
            context.Abort();
        }
    }

    // Every known user may ask about their own rights.
    private async Task ReviewAsync(HttpContext context, string user)
    {
        if (context.Request.Method != "POST") throw new ApiRefusal(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", []);
        if (user == Anonymous) throw ApiRefusal.Unauthorized();
        var review = SelfAccess.Review(await BodyAsync(context.Request).ConfigureAwait(false), _version, asked => user == Admin ? "" : _authorizer.WhyAllowed(user, asked));
        await AnswerAsync(context, 201, review).ConfigureAwait(false);
    }

    private string UserOf(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.Length == 0) return Anonymous;
        return authorization.StartsWith("Bearer ", StringComparison.Ordinal) && _users.TryGetValue(authorization["Bearer ".Length..], out var user) ? user : throw ApiRefusal.Unauthorized();
    }

    private static string VerbOf(HttpRequest request, ApiPath path) => (request.Method, path.Name.Length > 0) switch
    {
        ("GET", true) => "get",
        ("GET", false) => request.Query["watch"].ToString() is "1" or "true" ? "watch" : "list",
        ("POST", false) => "create",
        ("POST", true) when path.IsStream => "create",
        ("PUT", true) => "update",
        ("PATCH", true) => "patch",
        ("DELETE", true) => "delete",
        _ => throw new ApiRefusal(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", []),
    };

    private async Task<JsonObject> DoAsync(HttpRequest request, string verb, ApiPath path) => verb switch
    {
        "get" => _verbs.Get(path),
        "list" => _verbs.List(path, request.Query),
        "create" => _verbs.Create(path, await BodyAsync(request).ConfigureAwait(false)),
        "update" => _verbs.Update(path, await BodyAsync(request).ConfigureAwait(false)),
        "patch" when request.ContentType?.StartsWith("application/merge-patch+json", StringComparison.Ordinal) == true => _verbs.Patch(path, await BodyAsync(request).ConfigureAwait(false)),
        "patch" => throw new ApiRefusal(415, "UnsupportedMediaType", $"this simulation takes application/merge-patch+json, not {request.ContentType}"),
        "delete" => _verbs.Delete(path, request.Query, request.ContentLength > 0 ? await BodyAsync(request).ConfigureAwait(false) : null),
        _ => throw ApiRefusal.NoSuchResource(),
    };

    private async Task WatchAsync(HttpContext context, ApiPath path)
    {
        var query = context.Request.Query;
        var selector = new ObjectSelector(path.Resource, path.Namespace, query["fieldSelector"].ToString(), query["labelSelector"].ToString());
        var from = QueryNumber.Version(query);
        var timeout = QueryNumber.Of(query, "timeoutSeconds") ?? 1800;
        using var dropped = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _watches.Token);
        using var silent = CancellationTokenSource.CreateLinkedTokenSource(dropped.Token, _speaking.Token);
        context.Response.ContentType = "application/json";
        try
        {
            await new WatchStream(_store, _version, path.Resource, selector, context.Response.Body)
                .RunAsync(from, query["allowWatchBookmarks"].ToString() is "1" or "true", TimeSpan.FromSeconds(timeout), silent.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!dropped.IsCancellationRequested)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, dropped.Token).ConfigureAwait(false);
        }
    }

    // A real API server hands the connection to the kubelet of the pod's node.
    private async Task StreamAsync(HttpContext context, ApiPath path)
    {
        var pod = _verbs.Get(path with { Subresource = "" });
        if ((string?)pod["spec"]!["nodeName"] is null) throw ApiRefusal.BadRequest($"pod {path.Name} does not have a host assigned");
        if (!context.WebSockets.IsWebSocketRequest) throw ApiRefusal.BadRequest("Upgrade request required");
        var query = context.Request.Query;
        if (path.Subresource == "exec") await ExecAsync(context, path.Name, [.. query["command"].OfType<string>()]).ConfigureAwait(false);
        else if (QueryNumber.Of(query, "ports") is { } port) await PortForwardStreams.ServeAsync(context, path.Name, (string)pod["status"]!["podIP"]!, (int)port).ConfigureAwait(false);
        else throw ApiRefusal.BadRequest("query parameter \"port\" is required");
    }

    private Task ExecAsync(HttpContext context, string pod, IReadOnlyList<string> command)
    {
        var (program, environment) = Containers(pod, command);
        return ExecStreams.ServeAsync(context, program, environment);
    }

    private static async Task<JsonObject> BodyAsync(HttpRequest request)
    {
        try
        {
            return await JsonNode.ParseAsync(request.Body).ConfigureAwait(false) as JsonObject ?? throw new JsonException("not an object");
        }
        catch (JsonException e)
        {
            throw ApiRefusal.BadRequest($"the body of the request was in an unknown format: {e.Message}");
        }
    }

    private static Task AnswerAsync(HttpContext context, int code, JsonNode json)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json.ToJsonString(), context.RequestAborted);
    }
}
