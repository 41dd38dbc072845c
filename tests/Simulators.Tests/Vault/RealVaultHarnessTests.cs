using System.Diagnostics;
using System.Net;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Vault;

namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>How the harness starts and ends a real Vault. Scripts stand in for the binary.</summary>
public sealed class RealVaultHarnessTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("akkavault-fake-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task It_is_waited_for_until_healthy_and_killed_in_the_end()
    {
        var said = Path.Combine(folder, "arguments");
        var starting = RealVault.StartAsync(Script($"echo \"$HOME $@\" > {said}.new\nmv {said}.new {said}\nexec sleep 600"));
        await Eventually.TrueAsync(() => File.Exists(said), "the script was started");
        var arguments = (await File.ReadAllTextAsync(said)).Split(' ', StringSplitOptions.TrimEntries);
        Assert.Equal(["server", "-dev", $"-dev-root-token-id={RealVault.RootToken}"], arguments[1..4]);
        Assert.NotEqual(Environment.GetEnvironmentVariable("HOME"), arguments[0]);
        Assert.False(starting.IsCompleted);

        var listen = IPEndPoint.Parse(arguments[4].Split('=')[1]);
        await using var simulated = await SimulatedVault.StartAsync(
            new SimulatedVaultOptions { EndPoint = listen, RootToken = RealVault.RootToken }, CancellationToken.None);
        var vault = await starting.EndsAsync();
        Assert.Equal(simulated.Address, vault.Address);
        var process = vault.ProcessId;
        Process.GetProcessById(process).Dispose();
        await vault.DisposeAsync();
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(process));
        Assert.False(Directory.Exists(arguments[0]));
    }

    [Fact]
    public async Task One_that_ends_instead_is_reported_with_what_it_said()
    {
        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => RealVault.StartAsync(Script("echo 'address in use' >&2\nexit 3")).EndsAsync());
        Assert.Contains("ended with 3 instead of coming up: address in use", e.Message);
    }

    private string Script(string lines)
    {
        var path = Path.Combine(folder, "vault");
        File.WriteAllText(path, $"#!/bin/sh\n{lines}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
