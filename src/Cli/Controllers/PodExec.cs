using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using AkkaVault.Controller.Kubernetes;

namespace AkkaVault.Cli.Controllers;

/// <summary>Runs a program in a controller's container, as <c>kubectl exec</c> does. Each channel of the WebSocket is a stream of the program: 1 is stdout, 2 is stderr, and 3 says how it ended.</summary>
internal static class PodExec
{
    private const int Output = 1;
    private const int Error = 2;
    private const int Status = 3;

    /// <summary>Runs a program to its end.</summary>
    /// <param name="api">The API server.</param>
    /// <param name="pod">The controller's pod.</param>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="output">Receives its stdout.</param>
    /// <param name="error">Receives its stderr.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Its exit code.</returns>
    /// <exception cref="CommandException">The API server refuses it, or the program could not be run.</exception>
    public static async Task<int> RunAsync(ApiServer api, ControllerPod pod, IReadOnlyList<string> command, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        var query = string.Concat(command.Select(word => $"&command={Uri.EscapeDataString(word)}"));
        var path = $"api/v1/namespaces/{Uri.EscapeDataString(pod.Namespace)}/pods/{Uri.EscapeDataString(pod.Name)}/exec?container={Uri.EscapeDataString(pod.Container)}&stdout=true&stderr=true{query}";
        try
        {
            using var socket = await api.OpenWebSocketAsync(path, ChannelReader.Protocol, cancellation).ConfigureAwait(false);
            var reader = new ChannelReader(socket, $"the exec in {pod}");
            // A character may be split between two parts.
            var (outputText, errorText, status) = (Encoding.UTF8.GetDecoder(), Encoding.UTF8.GetDecoder(), new List<byte>());
            while (await reader.ReadAsync(cancellation).ConfigureAwait(false) is var (channel, data))
            {
                if (channel == Output) await output.WriteAsync(Text(outputText, data)).ConfigureAwait(false);
                else if (channel == Error) await error.WriteAsync(Text(errorText, data)).ConfigureAwait(false);
                else if (channel == Status) status.AddRange(data.Span);
            }

            return ExitCodeOf(status, pod);
        }
        catch (ApiServerException e) when (e.Code == (int)HttpStatusCode.Forbidden)
        {
            throw CommandException.NotAsked($"the API server refuses to run it in a controller's pod: {e.Message}; grant get and create of pods/exec in {pod.Namespace}, or give the controllers' configuration: --config");
        }
    }

    // Text from the network may contain control sequences that move a terminal's cursor.
    private static string Text(Decoder decoder, ReadOnlyMemory<byte> data)
    {
        var chars = new char[Encoding.UTF8.GetMaxCharCount(data.Length)];
        var length = decoder.GetChars(data.Span, chars, flush: false);
        return string.Concat(chars.Take(length).Select(c => char.IsControl(c) && c != '\n' ? ' ' : c));
    }

    private static int ExitCodeOf(List<byte> json, ControllerPod pod)
    {
        try
        {
            var status = JsonSerializer.Deserialize(json.ToArray(), ExecJson.Default.ExecStatus);
            if (status?.Status == "Success") return ExitCodes.Fine;
            if (int.TryParse(status?.Details?.Causes?.FirstOrDefault(cause => cause.Reason == "ExitCode")?.Message, out var code)) return code;
            throw CommandException.NotAsked($"it could not be run in {pod}: {status?.Message ?? "the kubelet does not say why"}");
        }
        catch (JsonException)
        {
            throw CommandException.NotAsked($"the exec in {pod} ended without saying how");
        }
    }
}

internal sealed record ExecStatus(string? Status, string? Message, ExecDetails? Details);

internal sealed record ExecDetails(IReadOnlyList<ExecCause>? Causes);

internal sealed record ExecCause(string? Reason, string? Message);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ExecStatus))]
internal sealed partial class ExecJson : JsonSerializerContext;
