using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Sandbox.Vault;

/// <summary>A Vault in memory over real HTTP on loopback: what the two programs call, answered as a Vault 1.8 answers it.</summary>
public sealed class SimulatedVault : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly VaultState _state;

    private SimulatedVault(WebApplication app, VaultState state, string rootToken) => (_app, _state, RootToken) = (app, state, rootToken);

    /// <summary>Its base address.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Its root token.</summary>
    public string RootToken { get; }

    /// <summary>May answer a request (method, path below /v1/) with a status of its own: failures for tests.</summary>
    public Func<string, string, int?>? Fault { get; set; }

    /// <summary>Whether it is sealed: 503 for everything.</summary>
    public bool Sealed
    {
        get { lock (_state.Gate) return _state.Sealed; }
        set { lock (_state.Gate) _state.Sealed = value; }
    }

    /// <summary>Every token, secret_id and wrapping token that ever existed.</summary>
    public IReadOnlyCollection<string> EverySecret
    {
        get { lock (_state.Gate) return _state.EverySecret; }
    }

    /// <summary>Every wrapping token that was ever issued.</summary>
    public IReadOnlyList<IssuedWrap> Wraps
    {
        get { lock (_state.Gate) return _state.Wraps; }
    }

    /// <summary>Starts one on a free port.</summary>
    /// <param name="clock">Its clock; the system's when null.</param>
    /// <param name="rootToken">Its root token; a random one when null.</param>
    public static async Task<SimulatedVault> StartAsync(TimeProvider? clock = null, string? rootToken = null)
    {
        var root = rootToken ?? "s." + VaultState.NewId(24);
        var state = new VaultState(clock ?? TimeProvider.System, root);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var vault = new SimulatedVault(app, state, root);
        var router = new VaultRouter(state);
        app.Run(context => vault.HandleAsync(context, router));
        await app.StartAsync().ConfigureAwait(false);
        vault.Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return vault;
    }

    /// <summary>Makes an AppRole.</summary>
    /// <returns>Its role_id.</returns>
    public string CreateAppRole(string name)
    {
        lock (_state.Gate) return _state.CreateRole(name);
    }

    /// <summary>A periodic token of the token role <c>kubernetes-vault</c> that may issue secret_ids for these AppRoles and revoke by accessor.</summary>
    public string CreateControllerToken(params string[] appRoles)
    {
        lock (_state.Gate)
        {
            return _state.CreateControllerToken(
                "kubernetes-vault", [.. appRoles.Select(role => $"auth/approle/role/{role}/secret-id"), "auth/token/revoke-accessor"]).Id;
        }
    }

    /// <summary>Whether a token is alive.</summary>
    public bool IsLiveToken(string token)
    {
        lock (_state.Gate) return _state.Token(token) is not null;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task HandleAsync(HttpContext context, VaultRouter router)
    {
        var request = context.Request;
        var path = request.Path.Value!.StartsWith("/v1/", StringComparison.Ordinal) ? request.Path.Value[4..] : "";
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
        var answer = Fault?.Invoke(request.Method, path) is { } status
            ? VaultAnswer.Error(status, "injected by the sandbox")
            : router.Answer(request.Method, path, Header(request, "X-Vault-Token"), Header(request, "X-Vault-Wrap-TTL"), body.ToArray());
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = "application/json";
        if (answer.Body is { } json) await context.Response.WriteAsync(json.ToJsonString(), context.RequestAborted).ConfigureAwait(false);
    }

    private static string? Header(HttpRequest request, string name) => request.Headers.TryGetValue(name, out var value) ? value.ToString() : null;
}
