using System.Globalization;

namespace AkkaVault.Shared.Http;

/// <summary>
/// Sends requests, and keeps the user names and passwords of addresses out of the exceptions of failed requests. If a proxy does not open a
/// tunnel, .NET's message quotes the whole of <c>HTTPS_PROXY</c>, and messages reach logs, events and readiness.
/// </summary>
/// <param name="inner">Sends the requests.</param>
public sealed class DiscreetHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>The failure to throw instead, masked and without inner exceptions; null: there is nothing to mask, and no tunnel failed.</summary>
    public static HttpRequestException? Discreet(HttpRequestException e)
    {
        if (e.HttpRequestError == HttpRequestError.ProxyTunnelError) return Instead(e, Tunnel(e));
        for (Exception? cause = e; cause is not null; cause = cause.InnerException)
        {
            if (UserInfo.Mask(cause.Message) != cause.Message) return Instead(e, Causes.Of(e));
        }

        return null;
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (Discreet(e) is { } discreet)
        {
            throw discreet;
        }
    }

    private static HttpRequestException Instead(HttpRequestException e, string message) => new(e.HttpRequestError, message, null, e.StatusCode);

    // .NET's message is never used here: it shows an address with its escapes resolved, and then the address cannot be told from the text around it.
    private static string Tunnel(HttpRequestException e) => (e.StatusCode, e.InnerException) switch
    {
        ({ } status, _) => string.Create(CultureInfo.InvariantCulture, $"the proxy did not open a tunnel: it answered {(int)status}"),
        (null, { } cause) => $"the proxy did not open a tunnel: {Causes.Of(cause)}",
        _ => "the proxy did not open a tunnel",
    };
}
