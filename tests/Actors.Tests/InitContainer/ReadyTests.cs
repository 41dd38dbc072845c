using AkkaVault.InitContainer;
using AkkaVault.InitContainer.Sidecar;

namespace AkkaVault.Actors.Tests.InitContainer;

/// <summary>A sidecar's startup probe.</summary>
public sealed class ReadyTests : IDisposable
{
    private const string Token = """{"clientToken":"s.1","accessor":"a","leaseDuration":60,"renewable":true,"vaultAddr":"https://vault:8200"}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("akkavault-ready-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_token_of_this_run_is_ready_and_one_of_an_earlier_run_is_not()
    {
        var writtenAt = DateTime.UtcNow.AddSeconds(-10);
        Write(Token, writtenAt);
        Assert.Equal((ExitCodes.Delivered, ""), Run(writtenAt.AddSeconds(-1)));
        Assert.Equal((ExitCodes.Delivered, ""), Run(null));
        var (code, why) = Run(writtenAt.AddSeconds(1));
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("was written before this container was started", why, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_token_with_something_else_or_past_the_lease_it_is_not_and_says_why()
    {
        Assert.Contains("is not there", Run(DateTime.UtcNow).Why, StringComparison.Ordinal);
        Write("{", DateTime.UtcNow);
        Assert.Contains("is not the file that a sidecar writes", Run(null).Why, StringComparison.Ordinal);
        Write(Token, DateTime.UtcNow.AddSeconds(-61));
        Assert.Contains("has expired", Run(null).Why, StringComparison.Ordinal);
    }

    [Fact]
    public void The_container_is_as_old_as_its_first_process()
    {
        var now = DateTime.UtcNow;
        Stat("1", 4000);
        Stat("self", 10_050);
        Assert.Equal(now.AddSeconds(-60.5), ContainerStart.Read(_folder, now));
        Assert.True(ContainerStart.Read("/proc", now) <= now);
    }

    [Theory]
    [InlineData("1 (x) S 0 1")]
    [InlineData("")]
    [InlineData(null)]
    public void Where_procfs_does_not_tell_it_is_not_known(string? stat)
    {
        Stat("self", 1);
        if (stat is not null)
        {
            Directory.CreateDirectory(Path.Combine(_folder, "1"));
            File.WriteAllText(Path.Combine(_folder, "1", "stat"), stat);
        }

        Assert.Null(ContainerStart.Read(_folder, DateTime.UtcNow));
    }

    private void Write(string content, DateTime at)
    {
        var file = Path.Combine(_folder, "vault-token");
        File.WriteAllText(file, content);
        File.SetLastWriteTimeUtc(file, at);
    }

    private void Stat(string process, long start)
    {
        Directory.CreateDirectory(Path.Combine(_folder, process));
        File.WriteAllText(Path.Combine(_folder, process, "stat"), $"1 (a) name) S 0 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 10 0 {start} 1 2 3");
    }

    private (int Code, string Why) Run(DateTime? startedAt)
    {
        using var output = new StringWriter();
        return (ReadyCommand.Run(name => name == "CREDENTIALS_PATH" ? _folder : null, startedAt, output), output.ToString());
    }
}
