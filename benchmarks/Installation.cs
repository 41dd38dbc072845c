using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Chaos;
using AkkaVault.Sandbox.Network;
using AkkaVault.Sandbox.Programs;
using AkkaVault.Shared.Http;

namespace AkkaVault.Benchmarks;

/// <summary>Three controllers, with the program that is in the image, for as long as something is measured.</summary>
internal static class Installation
{
    public const int Controllers = 3;

    /// <summary>Starts it, measures, and prints the result.</summary>
    /// <returns>0 when the result is good, else 1.</returns>
    public static Task<int> MeasureAsync<T>(Func<SandboxCluster, Action<string>, Task<T>> measure, JsonTypeInfo<T> type, bool json, CancellationToken interrupted)
        where T : IVerdict => MeasureAsync(
        async say =>
        {
            var networkMissing = await SandboxNetwork.MissingAsync().ConfigureAwait(false);
            if (networkMissing is not null) say($"no controller is partitioned: {networkMissing}");
            await ControllerProgram.UsePublishedAsync(say, interrupted).ConfigureAwait(false);
            await using var cluster = await SandboxCluster.StartAsync(
                say, interrupted, new SandboxSetup { Controllers = Controllers, LogLevel = "info", Network = networkMissing is null }).ConfigureAwait(false);
            return await measure(cluster, say).ConfigureAwait(false);
        }, type, json, interrupted);

    /// <summary>Measures what starts controllers itself, and prints the result.</summary>
    /// <returns>0 when the result is good, else 1.</returns>
    public static async Task<int> MeasureAsync<T>(Func<Action<string>, Task<T>> measure, JsonTypeInfo<T> type, bool json, CancellationToken interrupted)
        where T : IVerdict
    {
        var clock = Stopwatch.StartNew();
        void Say(string line) => Console.Error.WriteLine($"{clock.Elapsed.TotalSeconds,6:F1} s {line}");
        try
        {
            var result = await measure(Say).ConfigureAwait(false);
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
        catch (HttpRequestException e)
        {
            Say(Causes.Of(e));
            return 1;
        }
    }
}
