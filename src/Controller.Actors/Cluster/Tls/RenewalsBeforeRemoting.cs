using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting.Logging;
using AkkaVault.Controller.Certificates;
using AkkaVault.Controller.Logging;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Tls;

/// <summary>
/// Runs the renewal actors in a local actor system of their own: remoting cannot start without a certificate, and Vault issues none
/// without a token.
/// </summary>
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

    /// <summary>Completes when remoting can start.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        var config = ConfigurationFactory.ParseString(AkkaStdoutLogger.Hocon).WithFallback(Hocon);
        _system = ActorSystem.Create("renewals", BootstrapSetup.Create().WithConfig(config).And(new LoggerFactorySetup(new AkkaLoggerFactory(loggers, clock))));
        RenewalActors.Start(_system, provider);
        log.WaitsForCertificates();
        await tls.ReadyAsync(cancellation).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_system is not null) await _system.Terminate().ConfigureAwait(false);
    }
}
