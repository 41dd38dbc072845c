using System.Reflection;
using System.Runtime.InteropServices;
using AkkaVault.InitContainer;
using AkkaVault.InitContainer.Sidecar;
using AkkaVault.Shared;
using AkkaVault.Shared.Certificates;
using AkkaVault.Shared.Http;
using AkkaVault.Shared.Push;

if (args is ["version" or "--version" or "-version"])
{
    var version = Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
    Console.Out.WriteLine($"akkavault-init {version ?? "unknown"}");
    return ExitCodes.Delivered;
}

if (args is ["ready"]) return ReadyCommand.Run(Environment.GetEnvironmentVariable, ContainerStart.Read("/proc", DateTime.UtcNow), Console.Out);

// The kernel ignores SIGTERM for PID 1 unless the process handles it.
var signal = new TaskCompletionSource<PosixSignal>(TaskCreationOptions.RunContinuationsAsynchronously);
void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    signal.TrySetResult(context.Signal);
}

using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);

var settings = Settings.Read(Environment.GetEnvironmentVariable, out var problems);
var log = new Log(settings?.LogLevel ?? LogLevel.Error, Console.Out, Console.Error);
foreach (var problem in problems) log.Error(problem);
if (settings is null) return ExitCodes.Misconfigured;
foreach (var warning in settings.Warnings) log.Warn(warning);

// .NET's X.509 stores live below the home directory, and an image without /etc/passwd has none.
if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("HOME"))) NativeEnvironment.Set("HOME", "/");
var systemRoots = SystemRoots.Postpone();

using var timeIsUp = new CancellationTokenSource();
using var certificate = SelfSigned.For(settings.ListenAddress ?? PodAddress.Find(), settings.Timeout);
// Resolving a host name blocks a thread. Forged pushes must not block all of them.
ThreadPool.SetMinThreads(2 * Connections.MaxOpen, Environment.ProcessorCount);
var connections = new Connections(log);
var run = new ServedRun(new CredentialFolder(settings.CredentialsPath));
var redemption = new Redemption(settings, run, systemRoots, log);
var metrics = settings.Mode == Mode.Sidecar ? new SidecarMetrics() : null;
using var endpoint = new PushEndpoint(redemption, connections, metrics, log, timeIsUp.Token);
var where = settings.ListenAddress is { } one ? new System.Net.IPEndPoint(one, SecretPush.Port).ToString() : $"[::]:{SecretPush.Port} and 0.0.0.0:{SecretPush.Port}";
using var server = PushServer.Create(settings.ListenAddress, certificate, connections);
try
{
    await server.StartAsync(endpoint, CancellationToken.None);
}
catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
{
    log.Error($"Cannot listen on {where}: {Causes.Of(e)}");
    return ExitCodes.Failed;
}

log.Info($"Waiting for a secret on https://{where}, at most {GoDuration.Format(settings.Timeout)}");
var timeout = Task.Delay(settings.Timeout);
var first = await Task.WhenAny(endpoint.Delivered, signal.Task, timeout);
if (first == signal.Task)
{
    var received = await signal.Task;
    log.Error($"Stopped by {received} before a secret was delivered");
    return received == PosixSignal.SIGINT ? ExitCodes.Interrupted : ExitCodes.Terminated;
}

if (first == timeout)
{
    // A push that is under way may have used its wrapping token, so it may finish.
    timeIsUp.Cancel();
    if (!await endpoint.FinishAsync(TimeSpan.FromSeconds(15)))
    {
        log.Error($"No secret within {GoDuration.Format(settings.Timeout)}; " + (endpoint.LastRejection is { } last
            ? $"the last push was rejected: {last.Status} {last.Reason}: {last.Detail}"
            : "nothing was pushed: does the controller run, watch this namespace, and reach this pod?"));
        return ExitCodes.Failed;
    }

    await Task.WhenAny(endpoint.Delivered, Task.Delay(TimeSpan.FromSeconds(1)));
}

if (metrics is not null && await redemption.Served is { } served)
{
    // The server goes on. It rejects pushes with already-served until the redelivery is due.
    log.Info("Delivered; the sidecar renews the token from now on");
    return await new RenewalLoop(settings, run, redemption.Secrets, systemRoots, metrics, log).RunAsync(served, signal.Task);
}

log.Info("Delivered, exiting");
return ExitCodes.Delivered;
