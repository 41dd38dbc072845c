using System.Diagnostics;
using System.Globalization;
using AkkaVault.Sandbox.Programs;

namespace AkkaVault.Sandbox.Network;

/// <summary>A network namespace of Linux. It is there for as long as a process is that does nothing else, and that one ends with its creator.</summary>
internal sealed class NetworkNamespace : IAsyncDisposable
{
    // Its input ends when its creator does, even by SIGKILL; what was started in the namespace then ends, too. Ctrl-C at the
    // terminal reaches every process, and controllers that stop because of it still need their network.
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

    /// <summary>The id of the process that keeps it, for <c>ip link add … netns</c>.</summary>
    public int Id => _keeper.Id;

    /// <summary>Makes one, with nothing in it but a loopback device.</summary>
    /// <exception cref="InvalidOperationException">This machine or user cannot.</exception>
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

    /// <summary>A program as it is started in here. It is the same process as without.</summary>
    public ProgramCommand Within(ProgramCommand command) =>
        new("nsenter", [string.Create(CultureInfo.InvariantCulture, $"--net=/proc/{Id}/ns/net"), "--", command.FileName, .. command.Arguments]);

    /// <summary>Runs shell commands in here, to the first that fails.</summary>
    /// <exception cref="InvalidOperationException">One failed; says what it said.</exception>
    public Task RunAsync(string commands, CancellationToken cancellation) => RunAsync(Within(Shell), commands, cancellation);

    /// <summary>Runs shell commands outside, to the first that fails.</summary>
    /// <exception cref="InvalidOperationException">One failed; says what it said.</exception>
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
