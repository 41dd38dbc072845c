using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace AkkaVault.Controller.Hosting;

/// <summary>
/// Stops the host at SIGTERM, SIGINT or SIGQUIT. One that comes while the host starts waits until it has: a start that is broken off
/// is logged as a failure, with exceptions of whatever was half started.
/// </summary>
internal sealed class SignalLifetime : IHostLifetime, IDisposable
{
    // A start takes seconds on a busy node, and a pod has 30 s to end.
    private static readonly TimeSpan ForcedStopTimeout = TimeSpan.FromSeconds(15);

    private readonly IHostApplicationLifetime _application;
    private readonly PosixSignalRegistration[] _registrations;
    private readonly CancellationTokenSource _patience = new();
    private readonly Lock _turn = new();
    private bool _starting;

    /// <summary>Listens from now on.</summary>
    public SignalLifetime(IHostApplicationLifetime application)
    {
        _application = application;
        _registrations = [.. new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT }.Select(signal => PosixSignalRegistration.Create(signal, Stop))];
    }

    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        lock (_turn) _starting = true;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _patience.Dispose();
    }

    private void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        lock (_turn)
        {
            if (!_starting)
            {
                _application.StopApplication();
                return;
            }
        }

        _application.ApplicationStarted.Register(_application.StopApplication);
        if (_application.ApplicationStarted.IsCancellationRequested) return;
        _patience.Token.Register(_application.StopApplication);
        _patience.CancelAfter(ForcedStopTimeout);
    }
}
