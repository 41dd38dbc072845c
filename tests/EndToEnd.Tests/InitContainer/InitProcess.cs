using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Text;
using System.Text.Json.Nodes;
using AkkaVault.Sandbox.Programs;
using AkkaVault.Shared.Push;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.EndToEnd.Tests.InitContainer;

/// <summary>An init container as a process, on its own loopback address.</summary>
public sealed class InitProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly Lazy<Task<InitContainerProgram>> s_program = new(() => InitContainerProgram.LocateAsync(Console.WriteLine));
    private static int s_address;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private InitProcess(Process process, string folder, IPAddress address)
    {
        (_process, Folder, Address) = (process, folder, address);
        Http = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true },
        })
        { BaseAddress = new Uri($"https://{new IPEndPoint(address, SecretPush.Port)}/"), Timeout = s_patience };
    }

    public string Folder { get; }
    public IPAddress Address { get; }
    public HttpClient Http { get; }
    public string Output => string.Join('\n', _output);
    public int Id => _process.Id;
    public bool IsNative { get; private init; }

    /// <summary>The peak memory so far, in bytes. The process must run.</summary>
    public long PeakMemory => 1024 * long.Parse(
        File.ReadLines($"/proc/{Id}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
        System.Globalization.CultureInfo.InvariantCulture);


    public static async Task<InitProcess> StartAsync(
        IReadOnlyDictionary<string, string>? environment = null, IPAddress? address = null, bool listens = true, string[]? arguments = null, IReadOnlyList<string>? through = null)
    {
        var number = Interlocked.Increment(ref s_address);
        address ??= new IPAddress([127, 77, (byte)(Environment.ProcessId % 250), (byte)number]);
        var folder = Directory.CreateTempSubdirectory("akkavault-init-").FullName;
        var variables = new Dictionary<string, string>
        {
            ["VAULT_ROLE_ID"] = ScriptedVault.RoleId,
            ["CREDENTIALS_PATH"] = folder,
            ["LISTEN_ADDRESS"] = address.ToString(),
            ["TIMEOUT"] = "60s",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) variables[name] = value;
        var program = await s_program.Value;
        var start = program.Start(variables, arguments ?? []);
        if (through is not null)
        {
            string[] all = [.. through.Skip(1), start.FileName, .. start.ArgumentList];
            start.FileName = through[0];
            start.ArgumentList.Clear();
            foreach (var argument in all) start.ArgumentList.Add(argument);
        }

        var init = new InitProcess(new Process { StartInfo = start }, folder, address) { IsNative = program.IsNative };
        init._process.OutputDataReceived += init.Received;
        init._process.ErrorDataReceived += init.Received;
        init._process.Start();
        init._process.BeginOutputReadLine();
        init._process.BeginErrorReadLine();
        try
        {
            if (listens) await init._listening.Task.WaitAsync(s_patience);
            return init;
        }
        catch
        {
            await init.DisposeAsync();
            throw;
        }
    }

    public static SecretPush GoodPush(ScriptedVault vault, byte[]? cas = null) =>
        new(ScriptedVault.WrappingToken, DateTimeOffset.UtcNow, 60, vault.Address, cas);

    public async Task<(int Status, string? Reason)> PushAsync(SecretPush push) => await PushAsync(push.Encode());

    public async Task<(int Status, string? Reason)> PushAsync(byte[] body)
    {
        using var response = await Http.PostAsync("/", new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } });
        return await ReadAsync(response);
    }

    /// <summary>The answer to a push with when the next one is wanted.</summary>
    public async Task<(int Status, string? Reason, long? NextDeliverySeconds)> PushForNextAsync(SecretPush push)
    {
        using var response = await Http.PostAsync("/", new ByteArrayContent(push.Encode()) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } });
        var text = await response.Content.ReadAsStringAsync();
        if (text.Length == 0) return ((int)response.StatusCode, null, null);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        var answer = JsonNode.Parse(text)!;
        return ((int)response.StatusCode, (string?)answer["reason"], (long?)answer["nextDeliverySeconds"]);
    }

    public static async Task<(int Status, string? Reason)> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length == 0 ? null : (string?)JsonNode.Parse(text)!["reason"]);
    }

    /// <summary>A line comes through a pipe, so it may be here later than the answer that was written after it.</summary>
    public Task SaidAsync(string words) => Eventually.TrueAsync(() => Task.FromResult(Output), output => output.Contains(words, StringComparison.Ordinal), $"it says \"{words}\"");

    public async Task<int> ExitCodeAsync()
    {
        using var deadline = new CancellationTokenSource(s_patience);
        await _process.WaitForExitAsync(deadline.Token);
        return _process.ExitCode;
    }

    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public string ReadFile(string name) => File.ReadAllText(Path.Combine(Folder, name), Encoding.UTF8);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        Http.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private void Received(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null) return;
        _output.Enqueue(line.Data);
        if (line.Data.Contains("Waiting for a secret", StringComparison.Ordinal)) _listening.TrySetResult();
    }
}
