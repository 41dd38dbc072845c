using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Chaos;
using AkkaVault.Sandbox.Network;

namespace AkkaVault.Benchmarks;

/// <summary>An installation with three controllers, built in this program's build configuration.</summary>
internal static class Installation
{
    public const int Controllers = 3;

    /// <summary>Starts the installation, measures, and prints the result.</summary>
    /// <returns>0 if the result is good, otherwise 1.</returns>
    public static async Task<int> MeasureAsync<T>(Func<SandboxCluster, Action<string>, Task<T>> measure, JsonTypeInfo<T> type, bool json, CancellationToken interrupted)
        where T : IVerdict
    {
        var clock = Stopwatch.StartNew();
        void Say(string line) => Console.Error.WriteLine($"{clock.Elapsed.TotalSeconds,6:F1} s {line}");
        try
        {
            var networkMissing = await SandboxNetwork.MissingAsync().ConfigureAwait(false);
            if (networkMissing is not null) Say($"no controller is partitioned: {networkMissing}");
            await using var cluster = await SandboxCluster.StartAsync(
                Say, interrupted, new SandboxSetup { Controllers = Controllers, LogLevel = "info", Network = networkMissing is null }).ConfigureAwait(false);
            var result = await measure(cluster, Say).ConfigureAwait(false);
            Console.WriteLine(json ? JsonSerializer.Serialize(result, type) : result.ToString());
            return result.Ok ? 0 : 1;
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            Say("interrupted");
            return 130;
        }
        catch (InvalidOperationException e)
        {
            Say(e.Message);
            return 1;
        }
    }
}
