using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace AkkaVault.Controller.Hosting;

/// <summary>
/// Stops the host at SIGTERM, SIGINT or SIGQUIT. A signal during the start takes effect after it: the host would log a cancelled start
/// as a failure, with the exceptions of every service that was half started.
/// </summary>
internal sealed class SignalLifetime : IHostLifetime, IDisposable
{
    // A start takes seconds on a busy machine, and a pod has 30 s to end.
    private static readonly TimeSpan ForcedStopTimeout = TimeSpan.FromSeconds(15);

    private readonly IHostApplicationLifetime _application;
    private readonly PosixSignalRegistration[] _registrations;
    private readonly CancellationTokenSource _forcedStop = new();
    private readonly Lock _gate = new();
    private bool _starting;

    /// <summary>Registers the signal handlers.</summary>
    public SignalLifetime(IHostApplicationLifetime application)
    {
        _application = application;
        _registrations = [.. new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT }.Select(signal => PosixSignalRegistration.Create(signal, Stop))];
    }

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        lock (_gate) _starting = true;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _forcedStop.Dispose();
    }

    private void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        lock (_gate)
        {
            if (!_starting)
            {
                _application.StopApplication();
                return;
            }
        }

        _application.ApplicationStarted.Register(_application.StopApplication);
        if (_application.ApplicationStarted.IsCancellationRequested) return;
        _forcedStop.Token.Register(_application.StopApplication);
        _forcedStop.CancelAfter(ForcedStopTimeout);
    }
}
