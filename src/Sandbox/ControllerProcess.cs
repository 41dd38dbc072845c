using System.Net;
using AkkaVault.Sandbox.Network;
using AkkaVault.Sandbox.Programs;

namespace AkkaVault.Sandbox;

/// <summary>A real controller process. It uses the sandbox's Vault and API server, or others.</summary>
public sealed class ControllerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(60);
    private readonly ChildProcess _process;
    private readonly HttpClient _http;

    private ControllerProcess(ChildProcess process, Uri address) => (_process, _http) = (process, new HttpClient { BaseAddress = address });

    /// <summary>The process.</summary>
    public ChildProcess Process => _process;

    /// <summary>The address of the controller's metrics and health endpoints.</summary>
    public Uri Address => _http.BaseAddress!;

    /// <summary>Starts a controller.</summary>
    /// <param name="directory">The directory of the configuration and the ledger. The controller reads a ledger that is already there.</param>
    /// <param name="vault">The address of Vault.</param>
    /// <param name="token">The controller's Vault token. The controller receives it in an environment variable, as in a pod.</param>
    /// <param name="kubeconfig">The path of the controller's kubeconfig.</param>
    /// <param name="watchNamespace">The namespace that the controller watches.</param>
    /// <param name="more">More sections of the configuration file.</param>
    /// <param name="vaultKeys">The keys of the <c>vault</c> section, without <c>addr</c>.</param>
    /// <param name="logLevel">The log level.</param>
    /// <param name="place">Where the controller runs when it is one of several.</param>
    /// <param name="logFormat">The log format: text or json.</param>
    /// <param name="kubernetesKeys">More keys of the <c>kubernetes</c> section.</param>
    /// <param name="serviceNamespace">The controllers' own namespace.</param>
    /// <param name="program">The controller's program; null: <see cref="ControllerProgram.Command"/>.</param>
    public static ControllerProcess Start(
        string directory, Uri vault, string token, string kubeconfig, string watchNamespace = "~.*", string more = "", string vaultKeys = "token: $VAULT_TOKEN",
        string logLevel = "debug", ControllerPlace? place = null, string logFormat = "text", string kubernetesKeys = "", string serviceNamespace = ControllerService.Namespace, ProgramCommand? program = null)
    {
        var address = new IPEndPoint(place is null ? IPAddress.Loopback : IPAddress.Parse(place.Ip), FreePort.Next());
        var config = Path.Combine(directory, "kubernetes-vault.yml");
        File.WriteAllText(config, $$"""
            dataDir: "{{Path.Combine(directory, "data")}}"
            vault:
              addr: "{{vault}}"
              {{vaultKeys.ReplaceLineEndings("\n  ")}}
            kubernetes:
              watchNamespace: "{{watchNamespace}}"
              serviceNamespace: {{serviceNamespace}}
              service: {{ControllerService.Name}}
              {{kubernetesKeys.ReplaceLineEndings("\n  ")}}
            metrics:
              address: "{{address}}"
            {{more}}
            {{place?.Sections}}
            """);
        program ??= ControllerProgram.Command;
        var process = ChildProcess.Start(
            place?.Within(program) ?? program, ["--config", config, "--log-level", logLevel, "--log-format", logFormat],
            // Microsoft's image sets ASPNETCORE_HTTP_PORTS.
            new Dictionary<string, string>(ControllerProgram.MemoryVariables) { ["KUBECONFIG"] = kubeconfig, ["VAULT_TOKEN"] = token, ["ASPNETCORE_HTTP_PORTS"] = "8080" });
        return new ControllerProcess(process, new Uri($"http://{address}"));
    }

    /// <summary>Waits until the controller reports that it is ready.</summary>
    /// <exception cref="InvalidOperationException">The controller ended instead.</exception>
    public async Task ReadyAsync(CancellationToken cancellation)
    {
        var exit = _process.ExitAsync(cancellation);
        while (!exit.IsCompleted)
        {
            try
            {
                using var response = await _http.GetAsync(new Uri("healthz/ready", UriKind.Relative), cancellation).ConfigureAwait(false);
                if (response.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError)
            {
                // The controller does not listen yet.
            }

            await Task.Delay(50, cancellation).ConfigureAwait(false);
        }

        throw new InvalidOperationException($"the controller ended with {await exit.ConfigureAwait(false)}:\n{string.Join('\n', _process.Output.TakeLast(20))}");
    }

    /// <summary>The sum of a metric over all its labels.</summary>
    public async Task<double> MetricAsync(string name, CancellationToken cancellation)
    {
        var text = await _http.GetStringAsync(new Uri("metrics", UriKind.Relative), cancellation).ConfigureAwait(false);
        return text.Split('\n').Where(line => line.StartsWith(name + "{", StringComparison.Ordinal) || line.StartsWith(name + " ", StringComparison.Ordinal))
            .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Sends SIGTERM to the controller and waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        _process.Terminate();
        using var deadline = new CancellationTokenSource(StopTimeout);
        return await _process.ExitAsync(deadline.Token).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync().ConfigureAwait(false);
        _http.Dispose();
    }
}
