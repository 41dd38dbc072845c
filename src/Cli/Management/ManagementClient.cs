using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AkkaVault.Contracts;
using AkkaVault.Shared.Http;

namespace AkkaVault.Cli.Management;

/// <summary>
/// A client for the management port of one controller. A request that fails throws a <see cref="CommandException"/> that names the URL and
/// says what to try. A cancelled request throws an <see cref="OperationCanceledException"/>.
/// </summary>
internal sealed class ManagementClient : IDisposable
{
    private const int MostBytes = 64 * 1024 * 1024;
    private readonly HttpClient _http;

    /// <summary>Creates a client. It connects at the first request.</summary>
    /// <param name="address">The address of the port, http or https.</param>
    /// <param name="timeout">The time limit of one request.</param>
    /// <param name="route">How the port is reached.</param>
    public ManagementClient(Uri address, TimeSpan timeout, ManagementRoute route)
    {
        Route = route;
        Address = new Uri(address.AbsoluteUri.TrimEnd('/') + "/");
        // The proxy of the environment usually cannot reach pods and port-forwards.
        var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        if (route.Connect is { } connect) (handler.ConnectCallback, handler.ConnectTimeout) = ((context, cancellation) => connect(context.DnsEndPoint, cancellation), timeout);
        _http = new HttpClient(handler) { BaseAddress = Address, Timeout = timeout, MaxResponseContentBufferSize = MostBytes };
    }

    /// <summary>The address of the port.</summary>
    public Uri Address { get; }

    /// <summary>How the port is reached.</summary>
    public ManagementRoute Route { get; }

    /// <summary><c>GET /cluster/members</c>.</summary>
    public Task<MembersDocument> MembersAsync(CancellationToken cancellation) => GetAsync("cluster/members", ManagementJson.Default.MembersDocument, cancellation);

    /// <summary><c>GET /cluster/shard-types</c>.</summary>
    public Task<ShardTypesDocument> ShardTypesAsync(CancellationToken cancellation) => GetAsync("cluster/shard-types", ManagementJson.Default.ShardTypesDocument, cancellation);

    /// <summary><c>GET /cluster/shards/{type}</c>: the shards of the member that answers.</summary>
    public Task<ShardsDocument> ShardsAsync(string type, CancellationToken cancellation) =>
        GetAsync($"cluster/shards/{Uri.EscapeDataString(type)}", ManagementJson.Default.ShardsDocument, cancellation);

    /// <summary><c>GET /pods</c>.</summary>
    public Task<PodsDocument> PodsAsync(CancellationToken cancellation) => GetAsync("pods", ManagementJson.Default.PodsDocument, cancellation);

    /// <summary><c>GET /pods/{namespace}/{name}</c>. The document has no runs if the controllers do not know the pod.</summary>
    /// <param name="ns">The pod's namespace.</param>
    /// <param name="name">Its name.</param>
    /// <param name="run">The run of it that is there now; null: not known.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<PodDocument> PodAsync(string ns, string name, string? run, CancellationToken cancellation) =>
        GetAsync($"pods/{Uri.EscapeDataString(ns)}/{Uri.EscapeDataString(name)}{(run is null ? "" : $"?run={Uri.EscapeDataString(run)}")}", ManagementJson.Default.PodDocument, cancellation, HttpStatusCode.NotFound);

    /// <summary><c>GET /status</c>.</summary>
    /// <exception cref="CommandException">Also where the controller has no page.</exception>
    public async Task<ClusterStatusDocument> StatusAsync(CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Address, "status"));
        var (status, body) = await SendAsync(request, cancellation).ConfigureAwait(false);
        if (status == HttpStatusCode.NotFound) throw CommandException.Misused(
            $"{Address} has no page (404); is management.page: false in the controllers' configuration, is --url the management port (8558), and is the controller as new as this program?");
        return Read(request.RequestUri!, status, body, ManagementJson.Default.ClusterStatusDocument, null);
    }

    /// <summary><c>DELETE /cluster/members/{address}</c>: the member hands over and leaves.</summary>
    /// <returns>The controller's answer.</returns>
    public Task<string> LeaveAsync(string member, CancellationToken cancellation) => ChangeAsync(HttpMethod.Delete, member, null, cancellation);

    /// <summary><c>PUT /cluster/members/{address}</c> with <c>operation=Down</c>: the cluster removes the member without waiting for it.</summary>
    /// <returns>The controller's answer.</returns>
    public Task<string> DownAsync(string member, CancellationToken cancellation) =>
        ChangeAsync(HttpMethod.Put, member, Down, cancellation);

    /// <summary>The same as <see cref="DownAsync"/>, but succeeds if the cluster has already removed the member.</summary>
    /// <returns>The controller's answer.</returns>
    public Task<string> DownIfThereAsync(string member, CancellationToken cancellation) =>
        ChangeAsync(HttpMethod.Put, member, Down, cancellation, gone: $"{member} has been removed already");

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static FormUrlEncodedContent Down => new([KeyValuePair.Create("operation", "Down")]);

    private async Task<string> ChangeAsync(HttpMethod method, string member, HttpContent? content, CancellationToken cancellation, string? gone = null)
    {
        // The address is not escaped: Akka.Management's own clients do not escape it either.
        using var request = new HttpRequestMessage(method, new Uri($"{Address}cluster/members/{member}")) { Content = content };
        var (status, body) = await SendAsync(request, cancellation).ConfigureAwait(false);
        return status switch
        {
            HttpStatusCode.MethodNotAllowed => throw CommandException.Misused(
                $"{Address} refuses changes (405); set management.readOnly: false in the controllers' configuration, or let Kubernetes do it (kubectl delete pod)"),
            HttpStatusCode.NotFound when gone is not null => gone,
            HttpStatusCode.NotFound => throw CommandException.Misused($"{Address} knows no member {member} (404); akkavault cluster show lists them"),
            _ => Read(request.RequestUri!, status, body, ManagementJson.Default.MessageDocument, null).Message,
        };
    }

    private async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation, HttpStatusCode? alsoGood = null)
        where T : class
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Address, path));
        var (status, body) = await SendAsync(request, cancellation).ConfigureAwait(false);
        return Read(request.RequestUri!, status, body, type, alsoGood);
    }

    private static T Read<T>(Uri url, HttpStatusCode status, byte[] body, JsonTypeInfo<T> type, HttpStatusCode? alsoGood)
        where T : class
    {
        if (status == HttpStatusCode.NotFound && status != alsoGood) throw CommandException.NotAsked(
            $"{url} does not exist (404); is --url the management port (management.address, 8558), and is the controller as new as this program?");
        if ((int)status is < 200 or > 299 && status != alsoGood) throw CommandException.NotAsked($"{url} answered {(int)status}{Said(body)}; look at that controller's log");
        try
        {
            return JsonSerializer.Deserialize(body, type) ?? throw new JsonException("null");
        }
        catch (JsonException)
        {
            throw CommandException.NotAsked($"{url} answered {(int)status} with something that a controller does not say; is --url the management port (management.address, 8558)?");
        }
    }

    /// <summary>The message in an answer; empty: there is none.</summary>
    private static string Said(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ManagementJson.Default.MessageDocument) is { Message: var message } ? $" ({message})" : "";
        }
        catch (JsonException)
        {
            // The answer need not come from a controller. The caller reports the status in any case.
            return "";
        }
    }

    private async Task<(HttpStatusCode Status, byte[] Body)> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        try
        {
            using var response = await _http.SendAsync(request, cancellation).ConfigureAwait(false);
            return (response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false));
        }
        catch (HttpRequestException e) when (e.InnerException is CommandException said)
        {
            throw CommandException.NotAsked(said.Message);
        }
        catch (HttpRequestException e)
        {
            throw CommandException.NotAsked($"{request.RequestUri} cannot be reached: {Causes.Of(e)}; {Route.Advice}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw CommandException.NotAsked($"{request.RequestUri} did not answer within {_http.Timeout.TotalSeconds:0.###}s; try a longer --timeout, or another controller's --url");
        }
    }
}
