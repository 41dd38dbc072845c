using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Hosting.Logging;
using AkkaVault.Controller.Certificates;
using AkkaVault.Controller.Logging;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Tls;

/// <summary>
/// The keepers in an actor system of their own, which talks to nobody: remoting cannot start before they have its certificate,
/// and Vault issues none without a token.
/// </summary>
/// <param name="tls">What is waited for.</param>
/// <param name="provider">The host's services.</param>
/// <param name="loggers">Where the actor system logs.</param>
/// <param name="clock">This node's clock.</param>
/// <param name="log">Where a person is told.</param>
internal sealed class RenewalsBeforeRemoting(RemotingTls tls, IServiceProvider provider, ILoggerFactory loggers, TimeProvider clock, ILogger<RenewalsBeforeRemoting> log) : IAsyncDisposable
{
    private const string Hocon = """
        akka {
          loglevel = WARNING
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          coordinated-shutdown.run-by-clr-shutdown-hook = off
          loggers = ["Akka.Hosting.Logging.LoggerFactoryLogger, Akka.Hosting"]
        }
        """;

    private ActorSystem? _system;

    /// <summary>Starts them; completes when remoting can be started.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        _system = ActorSystem.Create("keepers", ActorSystemSetup.Empty.And(BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString(AkkaStdoutLogger.Hocon).WithFallback(Hocon))).And(new LoggerFactorySetup(new AkkaLoggerFactory(loggers, clock))));
        RenewalActors.Start(_system, provider);
        log.WaitsForCertificates();
        await tls.ReadyAsync(cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_system is not null) await _system.Terminate().ConfigureAwait(false);
    }
}
