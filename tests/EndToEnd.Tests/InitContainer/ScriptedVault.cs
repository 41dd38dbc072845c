using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using AkkaVault.Shared.Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AkkaVault.EndToEnd.Tests.InitContainer;

/// <summary>
/// Gives the recorded answers of a Vault 1.8, in the order of a redemption's
/// requests. A test can replace single answers by other recorded ones.
/// </summary>
public sealed class ScriptedVault : IAsyncDisposable
{
    private static readonly Dictionary<string, JsonNode> s_recorded =
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "InitContainer", "vault-1.8-redemption.jsonl"))
            .Select(line => JsonNode.Parse(line)!).ToDictionary(exchange => (string)exchange["name"]!);

    private readonly WebApplication _server;
    private readonly ConcurrentDictionary<string, ConcurrentQueue<string>> _scripted = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<(int Status, string Body)>> _unrecorded = new();

    private int _unwrapped;

    private ScriptedVault(WebApplication server, X509Certificate2? certificate) => (_server, Certificate) = (server, certificate);

    public static string WrappingToken { get; } = (string)s_recorded["unwrap"]["request"]!["headers"]!["X-Vault-Token"]!;
    public static string SecretId { get; } = (string)s_recorded["login"]["request"]!["body"]!["secret_id"]!;
    public static string SecretIdAccessor { get; } = (string)s_recorded["unwrap"]["response"]!["body"]!["data"]!["secret_id_accessor"]!;
    public static string RoleId { get; } = (string)s_recorded["login"]["request"]!["body"]!["role_id"]!;
    public static JsonNode Auth => s_recorded["login"]["response"]!["body"]!["auth"]!;

    public X509Certificate2? Certificate { get; }
    public string Address { get; private set; } = "";
    public ConcurrentQueue<string> Requests { get; } = new();
    public string CreationPath { get; set; } = "auth/approle/role/sample-app/secret-id";

    /// <summary>A path (below /v1/) that gets no answer; null: none.</summary>
    public string? Silent { get; set; }

    public static async Task<ScriptedVault> StartAsync(bool https = false)
    {
        var certificate = https ? SelfSigned.For(IPAddress.Loopback, TimeSpan.FromHours(1)) : null;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null) listen.UseHttps(certificate);
        }));
        var vault = new ScriptedVault(builder.Build(), certificate);
        vault._server.Run(vault.AnswerAsync);
        await vault._server.StartAsync();
        vault.Address = vault._server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return vault;
    }

    /// <summary>Sets the next answers on a path (below /v1/) to recorded ones. After them come the usual answers.</summary>
    public void Script(string path, params string[] names) => _scripted[path] = new ConcurrentQueue<string>(names);

    /// <summary>Sets the next answers on a path to ones that were not recorded: those of newer Vaults, by their sources and documentation.</summary>
    public void Answer(string path, params (int Status, string Body)[] answers) => _unrecorded[path] = new(answers);

    /// <summary>An error answer with a message.</summary>
    public static (int Status, string Body) Errors(int status, string error) => (status, new JsonObject { ["errors"] = new JsonArray(error) }.ToJsonString());

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!["/v1/".Length..];
        Requests.Enqueue($"{context.Request.Method} {path}");
        var body = await JsonNode.ParseAsync(context.Request.Body);
        if (path == Silent)
        {
            try
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }

        if (_unrecorded.TryGetValue(path, out var unrecorded) && unrecorded.TryDequeue(out var answer))
        {
            context.Response.StatusCode = answer.Status;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(answer.Body);
            return;
        }

        var name = _scripted.TryGetValue(path, out var queue) && queue.TryDequeue(out var scripted) ? scripted : path switch
        {
            "sys/wrapping/lookup" => (string?)body!["token"] == WrappingToken ? "wrapping-lookup" : "wrapping-lookup-bogus",
            "sys/wrapping/unwrap" => context.Request.Headers["X-Vault-Token"] != WrappingToken || Interlocked.Exchange(ref _unwrapped, 1) == 1 ? "unwrap-again" : "unwrap",
            _ when path.EndsWith("/login", StringComparison.Ordinal) => (string?)body!["role_id"] != RoleId ? "login-role-id-bad" : (string?)body["secret_id"] != SecretId ? "login-secret-id-used" : "login",
            _ => throw new InvalidOperationException($"no answer recorded for {path}"),
        };
        var response = s_recorded[name]["response"]!.DeepClone();
        if (name == "wrapping-lookup") response["body"]!["data"]!["creation_path"] = CreationPath;
        context.Response.StatusCode = (int)response["status"]!;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(response["body"]!.ToJsonString());
    }
}
