using System.Text;
using AkkaVault.InitContainer;
using AkkaVault.InitContainer.Sidecar;
using AkkaVault.Shared.Credentials;
using AkkaVault.Shared.Push;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Actors.Tests.InitContainer;

/// <summary>Which pushes a run takes, and which token is in the file.</summary>
public sealed class ServedRunTests : IDisposable
{
    private static readonly SecretPush s_push = new("s.wrapping", DateTimeOffset.UtcNow, 60, "https://vault:8200", null);

    private readonly string _folder = Directory.CreateTempSubdirectory("akkavault-served-").FullName;
    private readonly ServedRun _run;

    public ServedRunTests() => _run = new ServedRun(new CredentialFolder(_folder));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Only_the_first_push_is_taken_where_no_other_is_wanted()
    {
        Assert.True(_run.TakesPush);
        Assert.True(Put(Served("s.first", null)));
        Assert.False(_run.TakesPush);
        Assert.False(Put(Served("s.second", null)));
        Assert.Null(_run.Answer);
        Assert.Equal("s.first", File());
    }

    [Fact]
    public async Task Another_one_is_taken_when_it_is_due_and_once()
    {
        var first = Served("s.first", TimeSpan.Zero);
        Assert.True(Put(first));
        var next = _run.After(first);
        Assert.False(next.IsCompleted);
        var second = Served("s.second", TimeSpan.FromHours(1));
        Assert.True(Put(second));
        Assert.Same(second, await next);
        Assert.Same(second, await _run.After(first));
        Assert.Same(first, await _run.First);
        Assert.False(_run.After(second).IsCompleted);
        Assert.False(Put(Served("s.early", null)));
        Assert.InRange(_run.Answer!.NextDeliverySeconds!.Value, 3590, 3600);
        Assert.Equal("s.second", File());
    }

    [Fact]
    public void A_renewal_of_the_token_before_does_not_bring_it_back_into_the_file()
    {
        var first = Served("s.first", TimeSpan.Zero);
        var second = Served("s.second", null);
        Assert.True(Put(first));
        _run.Rewrite(first, "s.first, renewed"u8.ToArray());
        Assert.Equal("s.first, renewed", File());
        Assert.True(Put(second));
        _run.Rewrite(first, "s.first, renewed"u8.ToArray());
        Assert.Equal("s.second", File());
    }

    [Fact]
    public void After_the_end_no_push_is_taken_and_the_file_is_gone()
    {
        Assert.True(Put(Served("s.first", TimeSpan.Zero)));
        _run.Withdraw();
        Assert.False(Put(Served("s.second", null)));
        Assert.Empty(Directory.EnumerateFiles(_folder));
    }

    private static ServedToken Served(string token, TimeSpan? next) => new(
        new VaultAuth(token, "accessor", TimeSpan.FromHours(1), true, []), s_push, new Uri("https://vault:8200"), MonotonicClock.Now, TokenLife.NoEndKnown,
        next is { } interval ? new NextDelivery(MonotonicClock.Now, interval) : null);

    private static byte[] Content(ServedToken served) => Encoding.UTF8.GetBytes(served.Auth.ClientToken);

    private bool Put(ServedToken served) => _run.TryPut(s_push, CredentialFileNames.VaultToken, Content(served), served);

    private string File() => System.IO.File.ReadAllText(Path.Combine(_folder, CredentialFileNames.VaultToken));
}
