using AkkaVault.Cli.Management;
using AkkaVault.Cli.Output;

namespace AkkaVault.Cli;

/// <summary>The options that all commands have.</summary>
/// <param name="url">The address of a controller's management port.</param>
/// <param name="timeout">The time limit of one request.</param>
/// <param name="output">Receives the answer.</param>
internal sealed class Session(Uri url, TimeSpan timeout, CommandOutput output) : IDisposable
{
    /// <summary>The client of that controller.</summary>
    public ManagementClient Management { get; } = new(url, timeout);

    /// <summary>The time limit of one request.</summary>
    public TimeSpan Timeout => timeout;

    /// <summary>Receives the answer.</summary>
    public CommandOutput Output => output;

    /// <inheritdoc/>
    public void Dispose() => Management.Dispose();
}
