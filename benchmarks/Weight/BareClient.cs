using System.CommandLine;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using AkkaVault.Controller.Deliveries.Push;
using AkkaVault.Sandbox.Programs;
using AkkaVault.Shared.Push;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Benchmarks.Weight;

/// <summary>
/// The least that serves pods: a process that asks Vault for a wrapped secret_id for each pod, and pushes it over a new TLS connection, with the controller's own
/// transports and nothing else of the controller. Its name is <c>bare-client</c>; <c>weight</c> starts it.
/// </summary>
internal static class BareClient
{
    private const string Name = "bare-client";
    private static readonly TimeSpan s_wrappingTtl = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_pushTimeout = TimeSpan.FromSeconds(30);

    // As the controller's project has it.
    private static readonly Dictionary<string, string> s_runtime = new() { ["DOTNET_gcServer"] = "0", ["DOTNET_gcConcurrent"] = "0", ["DOTNET_TieredPGO"] = "0" };

    /// <summary>The command of the process.</summary>
    public static Command Command()
    {
        var vault = new Option<Uri>("--vault-addr") { Required = true, CustomParser = result => new Uri(result.Tokens.Single().Value) };
        var role = new Option<string>("--role") { Required = true };
        var concurrency = new Option<int>("--concurrency") { Required = true };
        var pods = new Option<FileInfo>("--pods") { Required = true };
        var command = new Command(Name, "Serves the pods whose addresses are in a file, one a line.") { vault, role, concurrency, pods };
        command.Hidden = true;
        command.SetAction(async (arguments, cancellation) =>
        {
            await ServeAsync(
                arguments.GetRequiredValue(vault), arguments.GetRequiredValue(role), await File.ReadAllLinesAsync(arguments.GetRequiredValue(pods).FullName, cancellation).ConfigureAwait(false),
                arguments.GetRequiredValue(concurrency), cancellation).ConfigureAwait(false);
            Console.WriteLine(Environment.CpuUsage.TotalTime.TotalSeconds.ToString(CultureInfo.InvariantCulture));
            return 0;
        });
        return command;
    }

    /// <summary>Runs the process.</summary>
    /// <param name="servers">Whom it asks.</param>
    /// <param name="pods">The addresses of the pods.</param>
    /// <param name="concurrency">How many pods it serves at once.</param>
    /// <param name="cancellation">Kills it.</param>
    /// <returns>The processor time of the process.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task<TimeSpan> RunAsync(ServerAddresses servers, IEnumerable<string> pods, int concurrency, CancellationToken cancellation)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllLinesAsync(file, pods, cancellation).ConfigureAwait(false);
            await using var process = ChildProcess.Start(
                new ProgramCommand("dotnet", [typeof(BareClient).Assembly.Location, Name]),
                ["--vault-addr", $"{servers.Vault}", "--role", servers.Role, "--concurrency", concurrency.ToString(CultureInfo.InvariantCulture), "--pods", file],
                new Dictionary<string, string>(s_runtime) { [ServerAddresses.TokenVariable] = servers.Token });
            var exit = await process.ExitAsync(cancellation).ConfigureAwait(false);
            return exit == 0 && double.TryParse(process.Output.LastOrDefault(), CultureInfo.InvariantCulture, out var seconds)
                ? TimeSpan.FromSeconds(seconds)
                : throw new InvalidOperationException($"the bare client ended with {exit}:\n{string.Join('\n', process.Output.TakeLast(20))}");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task ServeAsync(Uri vault, string role, IReadOnlyList<string> pods, int concurrency, CancellationToken cancellation)
    {
        var token = Environment.GetEnvironmentVariable(ServerAddresses.TokenVariable) ?? throw new InvalidOperationException($"{ServerAddresses.TokenVariable} is not set");
        using var http = VaultTransport.Create(vault, (X509Certificate2Collection?)null);
        using var push = PushTransport.Create();
        push.Timeout = s_pushTimeout;
        var client = new VaultClient(http);
        await Parallel.ForEachAsync(pods, new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = cancellation }, async (ip, each) =>
        {
            // As much metadata as the controller's.
            var metadata = new Dictionary<string, string> { ["namespace"] = "akkavault-weight", ["pod"] = ip, ["uid"] = $"{Guid.NewGuid()}", ["node"] = "node-1", ["run"] = $"containerd://{Guid.NewGuid():N}{Guid.NewGuid():N}" };
            var issued = await client.IssueWrappedSecretIdAsync(token, role, s_wrappingTtl, metadata, null, each).ConfigureAwait(false);
            using var content = new ByteArrayContent(new SecretPush(issued.Token, issued.CreationTime, (long)issued.Ttl.TotalSeconds, $"{vault}", null).Encode());
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var answer = await push.PostAsync(HttpsSecretPusher.UrlOf(ip), content, each).ConfigureAwait(false);
            answer.EnsureSuccessStatusCode();
        }).ConfigureAwait(false);
    }
}
