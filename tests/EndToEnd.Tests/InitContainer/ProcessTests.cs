using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using AkkaVault.Shared.Push;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.EndToEnd.Tests.InitContainer;

public sealed class ProcessTests
{
    [Fact]
    public async Task Without_a_push_it_ends_with_1_and_says_so()
    {
        await using var init = await InitProcess.StartAsync(new Dictionary<string, string> { ["TIMEOUT"] = "500ms" });
        Assert.Equal(1, await init.ExitCodeAsync());
        Assert.Contains("No secret within 500ms; nothing was pushed", init.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_rejected_pushes_it_ends_with_1_and_names_the_last()
    {
        await using var init = await InitProcess.StartAsync(new Dictionary<string, string> { ["TIMEOUT"] = "15s" });
        Assert.Equal(400, (await init.PushAsync("{}"u8.ToArray())).Status);
        Assert.Equal(1, await init.ExitCodeAsync());
        Assert.Contains("the last push was rejected: 400 invalid-push", init.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_variables_are_reported_all_at_once()
    {
        await using var init = await InitProcess.StartAsync(
            new Dictionary<string, string>
            {
                ["VAULT_ROLE_ID"] = "",
                ["CREDENTIALS_PATH"] = "/proc/nowhere",
                ["LOG_LEVEL"] = "loud",
                ["UNWRAP_SECRET"] = "FALSE",
                ["TIMEOUT"] = "5 minutes",
                ["LISTEN_ADDRESS"] = "localhost",
                ["EXPECTED_VAULT_ADDR"] = "vault",
            },
            listens: false);
        Assert.Equal(2, await init.ExitCodeAsync());
        foreach (var problem in new[] { "VAULT_ROLE_ID is not set", "CREDENTIALS_PATH=/proc/nowhere", "LOG_LEVEL=loud", "UNWRAP_SECRET=FALSE", "TIMEOUT=5 minutes", "LISTEN_ADDRESS=localhost", "EXPECTED_VAULT_ADDR=vault" })
            Assert.Contains(problem, init.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_in_the_expected_address_is_a_problem_and_not_shown()
    {
        await using var init = await InitProcess.StartAsync(new Dictionary<string, string> { ["EXPECTED_VAULT_ADDR"] = "https://user:hush@vault:8200" }, listens: false);
        Assert.Equal(2, await init.ExitCodeAsync());
        Assert.Contains("EXPECTED_VAULT_ADDR has a user name or a password in it", init.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", init.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_odd_boolean_is_true_with_a_warning()
    {
        await using var init = await InitProcess.StartAsync(new Dictionary<string, string> { ["RETRIEVE_TOKEN"] = "no" });
        Assert.Contains("RETRIEVE_TOKEN=no", init.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("INT", 130)]
    public async Task A_signal_ends_it_at_once(string signal, int exitCode)
    {
        await using var init = await InitProcess.StartAsync(through: Interruptible.Launcher);
        var watch = Stopwatch.StartNew();
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {init.Id}"])!;
        await kill.WaitForExitAsync();
        Assert.Equal(exitCode, await init.ExitCodeAsync());
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 20);
        Assert.Contains($"Stopped by SIG{signal}", init.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_taken_port_is_a_clear_error()
    {
        using var taken = new TcpListener(IPAddress.Parse("127.78.0.1"), SecretPush.Port);
        taken.Start();
        await using var init = await InitProcess.StartAsync(address: IPAddress.Parse("127.78.0.1"), listens: false);
        Assert.Equal(1, await init.ExitCodeAsync());
        Assert.Contains("Cannot listen on 127.78.0.1:50000", init.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", init.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task As_PID_1_without_HOME_it_serves_and_SIGTERM_ends_it()
    {
        Skip.IfNot(await RunsAsync("unshare --pid --fork true"), "this user may not make PID namespaces (unshare --pid)");
        var environment = new Dictionary<string, string> { ["HOME"] = "" };
        await using var vault = await ScriptedVault.StartAsync();
        await using (var init = await InitProcess.StartAsync(environment, through: ["unshare", "--pid", "--fork", "--kill-child"]))
        {
            Assert.Equal((200, null), await init.PushAsync(InitProcess.GoodPush(vault)));
            Assert.Equal(0, await init.ExitCodeAsync());
        }

        await using var waiting = await InitProcess.StartAsync(environment, through: ["unshare", "--pid", "--fork", "--kill-child"]);
        Assert.True(await RunsAsync($"kill -TERM $(cat /proc/{waiting.Id}/task/{waiting.Id}/children)"));
        Assert.Equal(143, await waiting.ExitCodeAsync());
        Assert.Contains("Stopped by SIGTERM", waiting.Output, StringComparison.Ordinal);
    }

    private static async Task<bool> RunsAsync(string command)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command]) { RedirectStandardError = true })!;
        await shell.WaitForExitAsync();
        return shell.ExitCode == 0;
    }

    [SkippableFact]
    public async Task It_serves_IPv6()
    {
        Skip.IfNot(Socket.OSSupportsIPv6, "no IPv6 on this machine");
        await using var vault = await ScriptedVault.StartAsync();
        await using var init = await InitProcess.StartAsync(address: IPAddress.IPv6Loopback);
        Assert.Equal((200, null), await init.PushAsync(InitProcess.GoodPush(vault)));
        Assert.Equal(0, await init.ExitCodeAsync());
    }

    [Fact]
    public async Task Version_is_told()
    {
        await using var init = await InitProcess.StartAsync(listens: false, arguments: ["version"]);
        Assert.Equal(0, await init.ExitCodeAsync());
        Assert.Matches(@"^akkavault-init \d+\.\d+\.\d+", init.Output);
    }
}
