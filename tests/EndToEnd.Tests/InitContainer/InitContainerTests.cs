using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using AkkaVault.Sandbox.Programs;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Shared.Push;
using AkkaVault.Shared.Vault;

namespace AkkaVault.EndToEnd.Tests.InitContainer;

/// <summary>The real executable, spoken to over real sockets.</summary>
public sealed class InitContainerTests : IAsyncLifetime
{
    private static int _addresses;
    private readonly string _ip = $"127.1.{Environment.ProcessId % 250}.{Interlocked.Increment(ref _addresses)}";
    private readonly string _directory = Directory.CreateTempSubdirectory("akkavault-init-").FullName;
    private readonly HttpClient _http = new(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } });
    private SimulatedVault _vault = null!;
    private ProgramCommand _program = null!;
    private string _roleId = "";

    public async Task InitializeAsync()
    {
        _program = await ProgramLocator.InitContainerAsync(_ => { }, new CancellationTokenSource(TimeSpan.FromMinutes(4)).Token);
        _vault = await SimulatedVault.StartAsync();
        _roleId = _vault.CreateAppRole("sample-app");
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _vault.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData("true", "true", "vault-token", "clientToken,accessor,leaseDuration,renewable,vaultAddr")]
    [InlineData("false", "true", "vault-secret-id", "roleId,secretId,accessor,vaultAddr")]
    [InlineData("false", "false", "vault-wrapped-secret-id", "roleId,wrappedSecretId,vaultAddr,ttl")]
    public async Task Each_mode_writes_its_file_with_the_originals_keys(string retrieve, string unwrap, string file, string keys)
    {
        await using var init = Start(("RETRIEVE_TOKEN", retrieve), ("UNWRAP_SECRET", unwrap));
        Assert.Equal(HttpStatusCode.OK, (await PushAsync(await GoodPushAsync())).Status);
        Assert.Equal(0, await init.ExitAsync().EndsAsync());
        var path = Path.Combine(_directory, file);
        Assert.Equal(keys.Split(','), JsonNode.Parse(await File.ReadAllTextAsync(path))!.AsObject().Select(pair => pair.Key));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead, File.GetUnixFileMode(path));
        Assert.Equal([path], Directory.GetFiles(_directory));
    }

    [Fact]
    public async Task Garbage_gets_a_clear_status_and_the_good_push_after_it_is_still_served()
    {
        await using var init = Start();
        var good = await GoodPushAsync();
        var text = Encoding.UTF8.GetString(good.Encode());
        await RejectedAsync("", 400, PushRejection.UndecodablePush);
        await RejectedAsync("[]", 400, PushRejection.UndecodablePush);
        await RejectedAsync(text[..(text.Length / 2)], 400, PushRejection.UndecodablePush);
        await RejectedAsync("{}", 400, PushRejection.InvalidPush);
        await RejectedAsync(Encoding.UTF8.GetString((good with { CreationTime = DateTimeOffset.UtcNow.AddMinutes(-5) }).Encode()), 400, PushRejection.ExpiredToken);
        await RejectedAsync(Encoding.UTF8.GetString((good with { Token = "s.forged" }).Encode()), 409, PushRejection.WrappingTokenInvalid);
        await RejectedAsync(Encoding.UTF8.GetString((good with { VaultAddr = "ftp://vault" }).Encode()), 400, PushRejection.InvalidPush);
        await RejectedAsync(Encoding.UTF8.GetString((good with { VaultAddr = "http://127.0.0.1:9" }).Encode()), 503, PushRejection.VaultUnavailable);
        await RejectedAsync(new string(' ', SecretPush.MaxBodyBytes + 1), 413, PushRejection.BodyTooLarge);
        Assert.Equal(HttpStatusCode.NotFound, (await _http.PostAsync(Url("other"), new StringContent(text))).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await _http.GetAsync(Url())).StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(() => _http.GetAsync(new Uri($"http://{_ip}:{SecretPush.Port}/")));

        // A sender that never ends its body holds up nobody.
        using var slow = new TcpClient();
        await slow.ConnectAsync(_ip, SecretPush.Port);
        await using var tls = new SslStream(slow.GetStream(), false, (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync(_ip);
        await tls.WriteAsync("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"u8.ToArray());

        Assert.Equal(HttpStatusCode.OK, (await PushAsync(good)).Status);
        Assert.Equal(0, await init.ExitAsync().EndsAsync());
        Assert.DoesNotContain(init.Output, line => _vault.EverySecret.Any(secret => line.Contains(secret, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_token_that_somebody_else_used_is_refused_and_the_next_one_is_taken()
    {
        await using var init = Start();
        var stolen = await GoodPushAsync();
        using var http = VaultTransport.Create(_vault.Address, null);
        await new VaultClient(http).UnwrapSecretIdAsync(stolen.Token, default);
        Assert.Equal((HttpStatusCode.Conflict, PushRejection.WrappingTokenInvalid), await PushAsync(stolen));
        Assert.Equal(HttpStatusCode.OK, (await PushAsync(await GoodPushAsync())).Status);
        Assert.Equal(0, await init.ExitAsync().EndsAsync());
    }

    [Fact]
    public async Task A_refused_login_is_told_apart()
    {
        _roleId = Guid.NewGuid().ToString();
        await using var init = Start();
        Assert.Equal((HttpStatusCode.BadGateway, PushRejection.LoginRefused), await PushAsync(await GoodPushAsync()));
    }

    [Fact]
    public async Task Time_runs_out_with_exit_code_1_and_a_reason()
    {
        await using var init = Start(("TIMEOUT", "300ms"));
        Assert.Equal(1, await init.ExitAsync().EndsAsync());
        await Eventually.TrueAsync(() => init.Output.Any(line => line.Contains("no secret was taken within", StringComparison.Ordinal)), "it says why");
    }

    [Fact]
    public async Task Wrong_variables_are_all_named_with_exit_code_2()
    {
        await using var init = Start(("VAULT_ROLE_ID", ""), ("LOG_LEVEL", "loud"), ("TIMEOUT", "soon"), ("UNWRAP_SECRET", "false"), ("LISTEN_ADDRESS", "here"));
        Assert.Equal(2, await init.ExitAsync().EndsAsync());
        foreach (var name in new[] { "VAULT_ROLE_ID", "LOG_LEVEL", "TIMEOUT", "UNWRAP_SECRET", "LISTEN_ADDRESS" })
            await Eventually.TrueAsync(() => init.Output.Any(line => line.StartsWith(name + ":", StringComparison.Ordinal)), $"{name} is named");
    }

    [Fact]
    public async Task SIGTERM_ends_it_at_once()
    {
        await using var init = Start();
        await PushUntilListeningAsync();
        init.Terminate();
        Assert.Equal(143, await init.ExitAsync().EndsAsync());
    }

    private ChildProcess Start(params (string Name, string Value)[] variables)
    {
        var environment = new Dictionary<string, string>
        {
            ["VAULT_ROLE_ID"] = _roleId,
            ["LISTEN_ADDRESS"] = _ip,
            ["CREDENTIALS_PATH"] = _directory,
            ["LOG_LEVEL"] = "debug",
        };
        foreach (var (name, value) in variables) environment[name] = value;
        return ChildProcess.Start(_program, [], environment);
    }

    private async Task<SecretPush> GoodPushAsync()
    {
        using var http = VaultTransport.Create(_vault.Address, null);
        var wrap = await new VaultClient(http).IssueWrappedSecretIdAsync(_vault.RootToken, "sample-app", TimeSpan.FromSeconds(60), new Dictionary<string, string>(), default);
        return new SecretPush(wrap.Token, wrap.CreationTime, 60, _vault.Address.ToString(), null);
    }

    private Uri Url(string path = "") => new($"https://{_ip}:{SecretPush.Port}/{path}");

    private Task<(HttpStatusCode Status, string Reason)> PushAsync(SecretPush push) => PushAsync(Encoding.UTF8.GetString(push.Encode()));

    private async Task RejectedAsync(string body, int status, string reason) => Assert.Equal(((HttpStatusCode)status, reason), await PushAsync(body));

    private Task PushUntilListeningAsync() => PushAsync("");

    private async Task<(HttpStatusCode Status, string Reason)> PushAsync(string body)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                using var response = await _http.PostAsync(Url(), new StringContent(body), deadline.Token);
                var answer = await response.Content.ReadAsStringAsync(deadline.Token);
                return (response.StatusCode, answer.Length == 0 ? "" : (string)JsonNode.Parse(answer)!["reason"]!);
            }
            catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError && !deadline.IsCancellationRequested)
            {
                // It has been started, and does not listen yet.
                await Task.Yield();
            }
        }
    }
}
