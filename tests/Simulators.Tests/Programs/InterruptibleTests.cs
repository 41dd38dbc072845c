using System.Globalization;
using AkkaVault.Sandbox.Programs;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.Simulators.Tests.Programs;

/// <summary>SIGINT reaches programs even when the tests' own process ignores it.</summary>
public sealed class InterruptibleTests
{
    private const ulong Interrupt = 1UL << (2 - 1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_ignores_SIGINT_as_who_starts_it_does_unless_it_is_made_interruptible(bool interruptible)
    {
        ProgramCommand status = new("cat", ["/proc/self/status"]);
        if (interruptible) status = Interruptible.Of(status);
        await using var process = ChildProcess.Start(new ProgramCommand("/bin/sh", ["-c", "trap '' INT; exec \"$@\"", "sh"]), [status.FileName, .. status.Arguments], new Dictionary<string, string>());
        Assert.Equal(0, await process.ExitAsync().EndsAsync());
        var ignored = ulong.Parse(process.Output.Single(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)).Split('\t')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        Assert.Equal(interruptible, (ignored & Interrupt) == 0);
    }
}
