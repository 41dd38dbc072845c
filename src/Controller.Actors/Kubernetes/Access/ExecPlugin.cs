using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace AkkaVault.Controller.Kubernetes.Access;

/// <summary>A command of the kubeconfig that prints credentials, run as kubectl does without a terminal. Safe to use from any thread.</summary>
/// <param name="version">The apiVersion of its input and output.</param>
/// <param name="command">The program.</param>
/// <param name="arguments">Its arguments.</param>
/// <param name="environment">More environment variables. Perhaps secrets.</param>
/// <param name="installHint">The advice where the program is missing.</param>
/// <param name="cluster">Describes the cluster to it; null: it gets no description.</param>
/// <param name="clock">This node's clock.</param>
internal sealed class ExecPlugin(
    string version, string command, IReadOnlyList<string> arguments, IReadOnlyList<(string Name, string Value)> environment, string? installHint, Func<JsonObject>? cluster,
    TimeProvider clock) : IDisposable
{
    /// <summary>Its timeout: nobody types an answer to a prompt.</summary>
    private static readonly TimeSpan MostTime = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopped = new();
    private Task<ExecCredentials>? _last;

    /// <summary>The credentials: the last ones while they are valid, else new ones.</summary>
    /// <exception cref="IOException">The command printed none; the message says why.</exception>
    public Task<ExecCredentials> AskAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_last is null or { IsFaulted: true } or { IsCanceled: true } || (_last.IsCompletedSuccessfully && _last.Result.Ends is { } ends && ends <= clock.GetUtcNow())) _last = Task.Run(RunAsync);
            return _last.WaitAsync(cancellation);
        }
    }

    /// <summary>The API server has refused these credentials: the command runs again for the next request.</summary>
    public void Forget(ExecCredentials refused)
    {
        lock (_gate)
        {
            if (_last is { IsCompletedSuccessfully: true } && ReferenceEquals(_last.Result, refused)) _last = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    private async Task<ExecCredentials> RunAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_stopped.Token);
        deadline.CancelAfter(MostTime);
        using var process = Start();
        try
        {
            process.StandardInput.Close();
            var output = await process.StandardOutput.ReadToEndAsync(deadline.Token).ConfigureAwait(false);
            await process.WaitForExitAsync(deadline.Token).ConfigureAwait(false);
            return process.ExitCode == 0 ? ExecCredentials.Parse(output, version) : throw new IOException($"the user's exec: {command} ended with {process.ExitCode}");
        }
        catch (FormatException e)
        {
            throw new IOException($"the user's exec: {command} {e.Message}");
        }
        catch (OperationCanceledException) when (!_stopped.IsCancellationRequested)
        {
            throw new IOException($"the user's exec: {command} took longer than {MostTime.TotalSeconds:0} s");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    // It inherits stderr, which is for people.
    private Process Start()
    {
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var spec = new JsonObject { ["interactive"] = false };
        if (cluster is not null) spec["cluster"] = cluster();
        start.Environment["KUBERNETES_EXEC_INFO"] = new JsonObject { ["kind"] = ExecCredentials.Kind, ["apiVersion"] = version, ["spec"] = spec }.ToJsonString();
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new IOException($"the user's exec: {command} cannot be run: {e.Message}{(installHint is null ? "" : $"; {installHint}")}");
        }
    }
}
