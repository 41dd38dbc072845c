using System.Diagnostics;
using System.Runtime.InteropServices;

namespace AkkaVault.Sandbox.Programs;

/// <summary>A program that was started, and its output. The program ends at the latest when this object is disposed.</summary>
public sealed partial class ChildProcess : IAsyncDisposable
{
    private const int SigTerm = 15;
    private const int SigCont = 18;
    private const int SigStop = 19;
    private readonly Process _process;
    private readonly List<string> _output = [];
    private readonly Lock _ending = new();
    private bool _disposed;

    private ChildProcess(Process process) => _process = process;

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether the program has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>The lines of stdout and stderr so far.</summary>
    public IReadOnlyList<string> Output
    {
        get { lock (_output) return [.. _output]; }
    }

    /// <summary>Starts a program.</summary>
    /// <param name="command">The program.</param>
    /// <param name="arguments">More arguments.</param>
    /// <param name="environment">Variables that are added to those of this process.</param>
    public static ChildProcess Start(ProgramCommand command, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(command.FileName, command.Arguments.Concat(arguments)) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var child = new ChildProcess(new Process { StartInfo = start });
        child._process.OutputDataReceived += (_, line) => child.Take(line.Data);
        child._process.ErrorDataReceived += (_, line) => child.Take(line.Data);
        child._process.Start();
        child._process.StandardInput.Close();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Waits until the program has ended.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExitAsync(CancellationToken cancellation = default)
    {
        await _process.WaitForExitAsync(cancellation).ConfigureAwait(false);
        return _process.ExitCode;
    }

    /// <summary>Sends SIGTERM.</summary>
    public void Terminate() => Signal(SigTerm);

    /// <summary>Sends SIGSTOP. The process stops running, and its ports still accept connections.</summary>
    public void Suspend() => Signal(SigStop);

    /// <summary>Sends SIGCONT.</summary>
    public void Resume() => Signal(SigCont);

    /// <summary>Sends SIGKILL.</summary>
    public void Kill()
    {
        lock (_ending)
        {
            if (!_disposed && !_process.HasExited) _process.Kill(entireProcessTree: true);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Kill();
        await _process.WaitForExitAsync().ConfigureAwait(false);
        lock (_ending)
        {
            _disposed = true;
            _process.Dispose();
        }
    }

    private void Signal(int signal)
    {
        if (!_process.HasExited && Kill(_process.Id, signal) != 0 && !_process.HasExited)
            throw new InvalidOperationException($"process {_process.Id} could not be sent signal {signal} (errno {Marshal.GetLastPInvokeError()})");
    }

    private void Take(string? line)
    {
        if (line is null) return;
        lock (_output) _output.Add(line);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
