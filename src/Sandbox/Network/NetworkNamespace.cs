using System.Diagnostics;
using System.Globalization;
using AkkaVault.Sandbox.Programs;

namespace AkkaVault.Sandbox.Network;

/// <summary>A Linux network namespace. A process that does nothing else keeps it open. That process ends when its creator ends.</summary>
internal sealed class NetworkNamespace : IAsyncDisposable
{
    // The keeper's input ends when its creator ends, even by SIGKILL. The keeper then kills every process in the namespace. It ignores
    // Ctrl-C: the terminal sends Ctrl-C to every process, and controllers that shut down because of it still need the network.
    private const string Keep = """
        trap '' INT
        ip link set lo up && echo ready || exit 1
        cat
        own=$(readlink /proc/$$/ns/net)
        for process in /proc/[0-9]*; do
          if [ "${process#/proc/}" != $$ ] && [ "$(readlink "$process/ns/net")" = "$own" ]; then kill -KILL "${process#/proc/}"; fi
        done
        """;

    private readonly Process _keeper;

    private NetworkNamespace(Process keeper) => _keeper = keeper;

    /// <summary>The id of the keeper's process, for <c>ip link add … netns</c>.</summary>
    public int Id => _keeper.Id;

    /// <summary>Creates a namespace that has only a loopback device.</summary>
    /// <exception cref="InvalidOperationException">This machine or user cannot create one.</exception>
    public static async Task<NetworkNamespace> CreateAsync(CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("unshare", ["--net", "sh", "-c", Keep]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        var created = new NetworkNamespace(Process.Start(start)!);
        try
        {
            if (await created._keeper.StandardOutput.ReadLineAsync(cancellation).ConfigureAwait(false) == "ready") return created;
            var why = await created._keeper.StandardError.ReadToEndAsync(cancellation).ConfigureAwait(false);
            throw new InvalidOperationException($"no network namespace can be made: {why.Trim()}");
        }
        catch
        {
            await created.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>A command that runs a program in this namespace. The program keeps the process id of the command.</summary>
    public ProgramCommand Within(ProgramCommand command) =>
        new("nsenter", [string.Create(CultureInfo.InvariantCulture, $"--net=/proc/{Id}/ns/net"), "--", command.FileName, .. command.Arguments]);

    /// <summary>Runs shell commands in this namespace, and stops at the first that fails.</summary>
    /// <exception cref="InvalidOperationException">A command failed. The message has its output.</exception>
    public Task RunAsync(string commands, CancellationToken cancellation) => RunAsync(Within(Shell), commands, cancellation);

    /// <summary>Runs shell commands outside of the namespace, and stops at the first that fails.</summary>
    /// <exception cref="InvalidOperationException">A command failed. The message has its output.</exception>
    public static Task RunOutsideAsync(string commands, CancellationToken cancellation) => RunAsync(Shell, commands, cancellation);

    private static ProgramCommand Shell { get; } = new("/bin/sh", ["-ec"]);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _keeper.StandardInput.Close();
        await _keeper.WaitForExitAsync().ConfigureAwait(false);
        _keeper.Dispose();
    }

    private static async Task RunAsync(ProgramCommand shell, string commands, CancellationToken cancellation)
    {
        await using var process = ChildProcess.Start(shell, [commands], new Dictionary<string, string>());
        if (await process.ExitAsync(cancellation).ConfigureAwait(false) != 0) throw new InvalidOperationException(string.Join("; ", process.Output));
    }
}
