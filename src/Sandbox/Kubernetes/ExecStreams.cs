using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using AkkaVault.Sandbox.Programs;
using Microsoft.AspNetCore.Http;

namespace AkkaVault.Sandbox.Kubernetes;

/// <summary>
/// The kubelet's end of an exec over a WebSocket (kubernetes/kubernetes, pkg/kubelet/cri/streaming/remotecommand/websocket.go): channel 1 is the
/// program's stdout, 2 its stderr, and 3 a Status that says how the program ended. There is no stdin.
/// </summary>
public static class ExecStreams
{
    private const string Protocol = "v4.channel.k8s.io";

    /// <summary>Accepts the WebSocket, and runs the program to its end.</summary>
    /// <param name="context">The request.</param>
    /// <param name="program">The program that stands for the one in the container.</param>
    /// <param name="environment">The container's variables.</param>
    public static async Task ServeAsync(HttpContext context, ProgramCommand program, IReadOnlyDictionary<string, string> environment)
    {
        if (!context.WebSockets.WebSocketRequestedProtocols.Contains(Protocol))
        {
            // golang.org/x/net/websocket answers so when it knows no subprotocol of the request.
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync(Protocol).ConfigureAwait(false);
        using var turn = new SemaphoreSlim(1);
        async Task SendAsync(byte channel, ReadOnlyMemory<byte> data)
        {
            await turn.WaitAsync(context.RequestAborted).ConfigureAwait(false);
            try
            {
                await socket.SendAsync(new byte[] { channel }.Concat(data.ToArray()).ToArray(), WebSocketMessageType.Binary, endOfMessage: true, context.RequestAborted).ConfigureAwait(false);
            }
            finally
            {
                turn.Release();
            }
        }

        async Task PumpAsync(byte channel, Stream stream)
        {
            var buffer = new byte[4096];
            while (await stream.ReadAsync(buffer, context.RequestAborted).ConfigureAwait(false) is > 0 and var length) await SendAsync(channel, buffer.AsMemory(0, length)).ConfigureAwait(false);
        }

        // The kubelet sends an empty message to say that the connection exists.
        await SendAsync(1, ReadOnlyMemory<byte>.Empty).ConfigureAwait(false);
        var start = new ProcessStartInfo(program.FileName, program.Arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        await Task.WhenAll(PumpAsync(1, process.StandardOutput.BaseStream), PumpAsync(2, process.StandardError.BaseStream), process.WaitForExitAsync(context.RequestAborted)).ConfigureAwait(false);
        await SendAsync(3, Encoding.UTF8.GetBytes(StatusOf(process.ExitCode).ToJsonString())).ConfigureAwait(false);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted).ConfigureAwait(false);
    }

    private static JsonObject StatusOf(int exit) => exit == 0
        ? new JsonObject { ["metadata"] = new JsonObject(), ["status"] = "Success" }
        : new JsonObject
        {
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = $"command terminated with non-zero exit code: exit status {exit}",
            ["reason"] = "NonZeroExitCode",
            ["details"] = new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["reason"] = "ExitCode", ["message"] = $"{exit}" }) },
        };
}
