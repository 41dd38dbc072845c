using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using AkkaVault.InitContainer;

[assembly: SupportedOSPlatform("linux"), SupportedOSPlatform("macos")]

if (args is ["version"])
{
    Console.WriteLine(typeof(InitSettings).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion);
    return 0;
}

var systemRoots = SystemRoots.HideFromRuntime();
var (settings, problems) = InitSettings.Read(Environment.GetEnvironmentVariable);
foreach (var problem in problems) Console.Error.WriteLine(problem);
if (settings is null) return 2;

var log = new Log(settings.LogLevel);
foreach (var warning in settings.Warnings) log.Error(warning);

// Unhandled, SIGTERM is ignored by a process that is PID 1, as this one is in its container.
var stopped = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stopped.TrySetResult(128 + (context.Signal == PosixSignal.SIGINT ? 2 : 15));
}

using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);

var taker = new SecretTaker(settings, systemRoots, log);
await using var server = new PushServer(settings, taker, log);
try
{
    await server.StartAsync();
}
catch (IOException e)
{
    Console.Error.WriteLine($"cannot listen on {settings.Endpoint}: {e.Message}");
    return 1;
}

log.Debug($"waiting for a push on {settings.Endpoint} for {settings.Timeout}");
var timeout = Task.Delay(settings.Timeout);
var first = await Task.WhenAny(server.Served, stopped.Task, timeout);
if (first == stopped.Task)
{
    log.Error("asked to stop before a secret was pushed");
    return await stopped.Task;
}

if (first == timeout)
{
    log.Error($"no secret was taken within {settings.Timeout}; {taker.LastProblem}");
    return 1;
}

await server.StopAsync();
log.Debug("the credentials are written; exiting");
return 0;
