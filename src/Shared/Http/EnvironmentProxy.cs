using System.Net;

namespace AkkaVault.Shared.Http;

/// <summary>The proxies of the environment, for an HTTP handler. .NET's own class does not support CIDR blocks in <c>NO_PROXY</c>.</summary>
/// <param name="variables">The proxies.</param>
public sealed class EnvironmentProxy(ProxyVariables variables) : IWebProxy, ICredentials
{
    private static readonly Lazy<EnvironmentProxy> s_current = new(() => new EnvironmentProxy(ProxyVariables.Read(Environment.GetEnvironmentVariable)));

    /// <summary>The proxies of this process's environment.</summary>
    public static EnvironmentProxy Current => s_current.Value;

    /// <inheritdoc/>
    public ICredentials? Credentials
    {
        get => this;
        set => throw new NotSupportedException("the credentials of a proxy come from the environment and cannot be set");
    }

    /// <inheritdoc/>
    public Uri? GetProxy(Uri destination) => variables.For(destination)?.Address;

    /// <inheritdoc/>
    public bool IsBypassed(Uri host) => variables.For(host) is null;

    /// <inheritdoc/>
    public NetworkCredential? GetCredential(Uri uri, string authType) => variables.Https?.Address == uri && variables.Https.Credentials is { } credentials
        ? credentials
        : variables.Http?.Address == uri ? variables.Http.Credentials : null;
}
