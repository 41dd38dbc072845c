using System.Net;
using AkkaVault.Sandbox.Network;
using AkkaVault.Sandbox.Programs;

namespace AkkaVault.Tests.TestKit.Vault;

/// <summary>A real Vault or OpenBao on loopback, in memory and unsealed: <c>server -dev</c>.</summary>
public sealed class RealVault : IAsyncDisposable
{
    public const string RootToken = "vault-root-token";
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);
    private readonly string home = Directory.CreateTempSubdirectory("akkavault-vault-").FullName;
    private ChildProcess? process;

    private RealVault(int port) => Address = new Uri($"http://127.0.0.1:{port}/");

    /// <summary>The binary: <c>$VAULT_BIN</c>, else <c>vault</c> or <c>bao</c> on the PATH; null when there is none.</summary>
    public static string? Binary
    {
        get
        {
            if (Environment.GetEnvironmentVariable("VAULT_BIN") is { Length: > 0 } named) return File.Exists(named) ? named : null;
            var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
            return new[] { "vault", "bao" }.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        }
    }

    /// <summary>Why tests with this Vault cannot run here; null when they can.</summary>
    public static string? Missing => Binary is not null
        ? null
        : Environment.GetEnvironmentVariable("VAULT_BIN") is { Length: > 0 } named
            ? $"VAULT_BIN is {named}, and there is no such file"
            : "no Vault here: VAULT_BIN is not set and neither vault nor bao is on the PATH";

    public Uri Address { get; }

    public int ProcessId => process!.Id;

    /// <exception cref="InvalidOperationException">The program ended before it was up. The message has its output.</exception>
    public static async Task<RealVault> StartAsync(string binary)
    {
        var vault = new RealVault(FreePort.Next());
        try
        {
            await vault.RunAsync(binary);
            return vault;
        }
        catch
        {
            await vault.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null) await process.DisposeAsync();
        Directory.Delete(home, recursive: true);
    }

    private async Task RunAsync(string binary)
    {
        // Give the dev server its own home folder: it writes its root token to ~/.vault-token.
        process = ChildProcess.Start(
            new ProgramCommand(binary, ["server", "-dev"]),
            [$"-dev-root-token-id={RootToken}", $"-dev-listen-address={Address.Host}:{Address.Port}"],
            new Dictionary<string, string> { ["HOME"] = home });
        using var http = new HttpClient { BaseAddress = Address };
        using var deadline = new CancellationTokenSource(StartTime);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var exit = process.ExitAsync(deadline.Token);
        while (!await IsHealthyAsync(http, deadline.Token))
        {
            if (exit.IsCompletedSuccessfully)
                throw new InvalidOperationException($"{binary} ended with {await exit} instead of coming up: {string.Join(" | ", process.Output.TakeLast(10))}");
            await timer.WaitForNextTickAsync(deadline.Token);
        }
    }

    private static async Task<bool> IsHealthyAsync(HttpClient http, CancellationToken cancellation)
    {
        try
        {
            using var health = await http.GetAsync("v1/sys/health", cancellation);
            return health.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
