using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using AkkaVault.Shared.Push;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AkkaVault.InitContainer;

/// <summary>
/// Kestrel alone, without the web host around it: no configuration files, no logging, no routing. Half the start time and a
/// third less memory than <c>WebApplication.CreateEmptyBuilder</c>.
/// </summary>
internal static class PushServer
{
    /// <summary>How many bytes Kestrel buffers of a connection; it has two buffers, below and above TLS.</summary>
    private const int BufferBytes = 64 * 1024;

    /// <summary>The time limit of the TLS handshake, and then of the request's head.</summary>
    private static readonly TimeSpan s_headDeadline = TimeSpan.FromSeconds(5);

    /// <summary>An HTTPS server on port 50000, HTTP/1.1 only.</summary>
    /// <param name="address">The address on which it listens; null: every address, IPv4 and IPv6.</param>
    /// <param name="certificate">Its certificate, with the key.</param>
    /// <param name="connections">Limits the connections.</param>
    public static IServer Create(IPAddress? address, X509Certificate2 certificate, Connections connections)
    {
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton<DiagnosticSource>(new DiagnosticListener("akkavault-init"));
        services.AddSingleton<IMeterFactory, Meters>();
        services.AddOptions();
        services.Configure<SocketTransportOptions>(options => options.MaxReadBufferSize = BufferBytes);
        new KestrelServices(services).UseKestrelCore().ConfigureKestrel(options => Configure(options, address, certificate, connections));
        return services.BuildServiceProvider().GetRequiredService<IServer>();
    }

    private static void Configure(KestrelServerOptions options, IPAddress? address, X509Certificate2 certificate, Connections connections)
    {
        options.AddServerHeader = false;
        // The endpoint limits bodies itself, so that the answer has a reason. Kestrel then drains the rest for some seconds.
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MaxRequestBufferSize = BufferBytes;
        options.Limits.RequestHeadersTimeout = s_headDeadline;
        options.Limits.KeepAliveTimeout = s_headDeadline;
        void Https(ListenOptions listen)
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(connections.Bound);
            listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                HandshakeTimeout = s_headDeadline,
                ServerCertificate = certificate,
                SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            });
        }

        if (address is null) options.ListenAnyIP(SecretPush.Port, Https);
        else options.Listen(address, SecretPush.Port, Https);
    }

    /// <summary>Kestrel's meters, which nobody reads here.</summary>
    private sealed class Meters : IMeterFactory
    {
        private readonly List<Meter> _meters = [];

        public Meter Create(MeterOptions options)
        {
            var meter = new Meter(options);
            _meters.Add(meter);
            return meter;
        }

        public void Dispose() => _meters.ForEach(meter => meter.Dispose());
    }

    /// <summary>Collects the services that Kestrel's extension methods register; nothing is built with it.</summary>
    private sealed class KestrelServices(IServiceCollection services) : IWebHostBuilder
    {
        private static readonly WebHostBuilderContext s_context = new();

#pragma warning disable ASPDEPR008 // The interface asks for it.
        public IWebHost Build() => throw new NotSupportedException("only the server's services are wanted");
#pragma warning restore ASPDEPR008

        public IWebHostBuilder ConfigureAppConfiguration(Action<WebHostBuilderContext, IConfigurationBuilder> configureDelegate) => this;

        public IWebHostBuilder ConfigureServices(Action<IServiceCollection> configureServices)
        {
            configureServices(services);
            return this;
        }

        public IWebHostBuilder ConfigureServices(Action<WebHostBuilderContext, IServiceCollection> configureServices)
        {
            configureServices(s_context, services);
            return this;
        }

        public string? GetSetting(string key) => null;

        public IWebHostBuilder UseSetting(string key, string? value) => this;
    }
}
