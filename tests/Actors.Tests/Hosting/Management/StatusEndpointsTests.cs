using System.Net;
using System.Text.Json;
using AkkaVault.Contracts;
using AkkaVault.Controller.Hosting.Management;
using AkkaVault.Tests.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Actors.Tests.Hosting.Management;

/// <summary><c>/status</c> and <c>/events</c> over HTTP.</summary>
public sealed class StatusEndpointsTests : IAsyncLifetime
{
    private static readonly IPEndPoint s_port = IPEndPoint.Parse("127.205.2.1:8558");
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(2));
    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 100 }) { BaseAddress = new Uri($"http://{s_port}") };
    private readonly CountingReader _reader = new();
    private readonly TestClock _clock = new();
    private WebApplication _app = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(s_port));
        builder.Services.AddSingleton<TimeProvider>(_clock).AddSingleton<IClusterStatusReader>(_reader).AddSingleton<StatusEndpoints>();
        _app = builder.Build();
        _app.MapGet("/status", (StatusEndpoints status, HttpContext context) => status.OnceAsync(context));
        _app.MapGet("/events", (StatusEndpoints status, HttpContext context) => status.StreamAsync(context));
        await _app.StartAsync();
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
        _deadline.Dispose();
    }

    [Fact]
    public async Task The_document_comes_once_or_as_events_and_is_the_same()
    {
        using var once = await _http.GetAsync(new Uri("status", UriKind.Relative), _deadline.Token);
        Assert.Equal(("application/json", "nosniff"), (once.Content.Headers.ContentType!.MediaType, string.Join(",", once.Headers.GetValues("X-Content-Type-Options"))));
        Assert.Equal("a", Document(await once.Content.ReadAsStringAsync(_deadline.Token)).SelfNode);

        using var stream = await OpenAsync();
        Assert.Equal(("text/event-stream", "no-store"), (stream.Answer.Content.Headers.ContentType!.MediaType, $"{stream.Answer.Headers.CacheControl}"));
        var first = await stream.NextAsync();
        await PassIntervalAsync(1);
        var second = await stream.NextAsync();
        Assert.Equal("a", first.SelfNode);
        Assert.True(second.At > first.At);
    }

    [Fact]
    public async Task A_text_with_line_breaks_and_tags_is_one_event()
    {
        _reader.Problem = "a\n\ndata: <script>alert(1)</script>\r\nb";
        using var stream = await OpenAsync();
        Assert.Equal(_reader.Problem, (await stream.NextAsync()).Problem);
    }

    [Fact]
    public async Task All_streams_share_what_is_read_and_nothing_is_timed_once_the_last_has_ended()
    {
        var streams = new List<EventStream>();
        for (var i = 0; i < 10; i++) streams.Add(await OpenAsync());
        foreach (var stream in streams) await stream.NextAsync();
        var before = _reader.Reads;
        await PassIntervalAsync(streams.Count);
        foreach (var stream in streams) await stream.NextAsync();
        Assert.InRange(_reader.Reads - before, 1, 5);

        foreach (var stream in streams) stream.Dispose();
        // Without a timer nothing can be read that nobody asks for.
        await Eventually.TrueAsync(() => _clock.Timers == 0, "no timer runs");
    }

    [Fact]
    public async Task No_more_than_so_many_streams_are_open_at_once()
    {
        var streams = new List<EventStream>();
        for (var i = 0; i < StatusEndpoints.MaxStreams; i++) streams.Add(await OpenAsync());
        using var refused = await _http.GetAsync(new Uri("events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, _deadline.Token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("pages are open at this controller", await refused.Content.ReadAsStringAsync(_deadline.Token), StringComparison.Ordinal);
        streams[0].Dispose();
        await Eventually.TrueAsync(async () =>
        {
            using var again = await _http.GetAsync(new Uri("events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, _deadline.Token);
            return again.IsSuccessStatusCode;
        }, "an ended stream makes room for another");
        foreach (var stream in streams) stream.Dispose();
    }

    [Fact]
    public async Task A_stream_ends_when_the_controller_stops_and_does_not_hold_it_up()
    {
        using var stream = await OpenAsync();
        await stream.NextAsync();
        await _app.StopAsync(_deadline.Token).EndsAsync(TimeSpan.FromSeconds(20));
        await stream.RestAsync();
    }

    [Fact]
    public async Task A_reader_that_fails_once_is_asked_again()
    {
        _reader.FailsOnce = true;
        using var failed = await _http.GetAsync(new Uri("status", UriKind.Relative), _deadline.Token);
        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        using var again = await _http.GetAsync(new Uri("status", UriKind.Relative), _deadline.Token);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    /// <summary>Lets an interval pass once all streams wait for it.</summary>
    private async Task PassIntervalAsync(int streams)
    {
        await Eventually.TrueAsync(() => _clock.Timers == streams, "all streams wait");
        _clock.Advance(StatusEndpoints.Interval);
    }

    private async Task<EventStream> OpenAsync()
    {
        var answer = await _http.GetAsync(new Uri("events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, _deadline.Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return new EventStream(answer, new StreamReader(await answer.Content.ReadAsStreamAsync(_deadline.Token)), _deadline.Token);
    }

    private static ClusterStatusDocument Document(string json) => JsonSerializer.Deserialize(json, ManagementJson.Default.ClusterStatusDocument)!;

    private sealed record EventStream(HttpResponseMessage Answer, StreamReader Lines, CancellationToken Deadline) : IDisposable
    {
        public async Task<ClusterStatusDocument> NextAsync()
        {
            Assert.Equal("event: status", await Lines.ReadLineAsync(Deadline));
            var data = await Lines.ReadLineAsync(Deadline);
            Assert.StartsWith("data: ", data, StringComparison.Ordinal);
            Assert.Equal("", await Lines.ReadLineAsync(Deadline));
            return Document(data!["data: ".Length..]);
        }

        public Task<string> RestAsync() => Lines.ReadToEndAsync(Deadline);

        public void Dispose()
        {
            Lines.Dispose();
            Answer.Dispose();
        }
    }

    private sealed class CountingReader : IClusterStatusReader
    {
        private int _reads;

        public int Reads => Volatile.Read(ref _reads);

        public string? Problem { get; set; }

        public bool FailsOnce { get; set; }

        public Task<ClusterStatusDocument> ReadAsync(CancellationToken cancellation)
        {
            Interlocked.Increment(ref _reads);
            if (FailsOnce)
            {
                FailsOnce = false;
                return Task.FromException<ClusterStatusDocument>(new InvalidOperationException("it fails once"));
            }

            return Task.FromResult(new ClusterStatusDocument("a", DateTime.UtcNow, Problem, null, [], [], 0, new DeliveriesDocument(0, null, null, []), [], null, null, []));
        }
    }
}
