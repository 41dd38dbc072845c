using System.Net;
using System.Net.Sockets;

namespace AkkaVault.Cli.Controllers;

/// <summary>A port of this machine that leads to a controller, for a browser.</summary>
/// <param name="open">Opens a connection to the controller.</param>
/// <param name="failed">Receives the reason if a connection cannot be opened.</param>
internal sealed class LocalForward(Func<CancellationToken, ValueTask<Stream>> open, Action<string> failed) : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    /// <summary>Listens on a free port.</summary>
    /// <returns>The address.</returns>
    public Uri Start()
    {
        _listener.Start();
        return new Uri($"http://{_listener.LocalEndpoint}/");
    }

    /// <summary>Forwards until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var client = await _listener.AcceptTcpClientAsync(cancellation).ConfigureAwait(false);
            _ = ForwardAsync(client, cancellation);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private async Task ForwardAsync(TcpClient client, CancellationToken cancellation)
    {
        using (client)
        using (var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation))
        {
            try
            {
                var browser = client.GetStream();
                var controller = await open(cancellation).ConfigureAwait(false);
                await using (controller.ConfigureAwait(false))
                {
                    // Either end may close the connection.
                    await Task.WhenAny(browser.CopyToAsync(controller, ended.Token), controller.CopyToAsync(browser, ended.Token)).Unwrap().ConfigureAwait(false);
                }
            }
            catch (Exception e) when (e is CommandException or IOException or HttpRequestException)
            {
                failed(e.Message);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                // The command ends.
            }
            finally
            {
                await ended.CancelAsync().ConfigureAwait(false);
            }
        }
    }
}
