using AkkaVault.Cli.Management;
using AkkaVault.Cli.Output;

namespace AkkaVault.Cli;

/// <summary>What all commands are given.</summary>
/// <param name="url">A controller's management port.</param>
/// <param name="timeout">For one request.</param>
/// <param name="output">Where the answer goes.</param>
public sealed class Session(Uri url, TimeSpan timeout, CommandOutput output) : IDisposable
{
    /// <summary>That controller.</summary>
    public ManagementClient Management { get; } = new(url, timeout);

    /// <summary>For one request.</summary>
    public TimeSpan Timeout => timeout;

    /// <summary>Where the answer goes.</summary>
    public CommandOutput Output => output;

    /// <inheritdoc/>
    public void Dispose() => Management.Dispose();
}
