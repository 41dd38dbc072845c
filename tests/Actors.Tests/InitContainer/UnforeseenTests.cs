using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using AkkaVault.InitContainer;
using AkkaVault.InitContainer.Sidecar;
using AkkaVault.Shared.Push;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace AkkaVault.Actors.Tests.InitContainer;

/// <summary>An unforeseen exception is logged, answered with a reason, and kept as the last rejection.</summary>
public sealed class UnforeseenTests
{
    private const string Token = "hvs.CAESIJzEWyRnm5oTnQ9mRn8M3kNqKpVqGq7gXvEXAMPLE";
    private const string SecretId = "e987c685-294c-57c1-fb4f-5deb9e2d8e98";

    public static TheoryData<Exception> Exceptions =>
    [
        new UriFormatException("Invalid URI"),
        new ArgumentOutOfRangeException("value", "too large"),
        // These two do not come from the connection: one comes from a file, and the other from an unrelated cancellation.
        new IOException("The system's certificates cannot be read"),
        new OperationCanceledException("somebody else's"),
        new InvalidOperationException("outer", new FormatException("inner")),
    ];

    [Theory]
    [MemberData(nameof(Exceptions))]
    public async Task It_is_said_in_the_log_in_the_answer_and_at_the_end(Exception exception)
    {
        var (answer, last, log) = await PushAsync(exception);
        Assert.Equal((500, PushRejection.InternalError), (answer.Status, (string?)answer.Body["reason"]));
        Assert.Contains(exception.GetType().Name, (string?)answer.Body["detail"], StringComparison.Ordinal);
        Assert.Equal((500, PushRejection.InternalError), (last?.Status, last?.Reason));
        var line = Assert.Single(log.Split('\n'), line => line.Contains("was not foreseen; please report it", StringComparison.Ordinal));
        Assert.Contains("ERROR", line, StringComparison.Ordinal);
        for (var cause = exception; cause is not null; cause = cause.InnerException) Assert.Contains($"{cause.GetType().FullName}: {cause.Message}", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_its_message_quotes_is_not()
    {
        var (answer, _, log) = await PushAsync(new FormatException($"The format of value '{Token}' is invalid.", new InvalidOperationException($"secret_id={SecretId}, s.HCRAdYbAmhVyAXaZZUqdRd")));
        foreach (var secret in (string[])[Token, SecretId, "HCRAdYbAmhVyAXaZZUqdRd"])
            Assert.DoesNotContain(secret, log + answer.Body.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("System.FormatException: The format of value '***' is invalid. <- System.InvalidOperationException: secret_id=***, ***", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sender_that_has_gone_is_none()
    {
        var (_, last, log) = await PushAsync(new OperationCanceledException(), gone: true);
        Assert.Null(last);
        Assert.DoesNotContain("ERROR", log, StringComparison.Ordinal);
    }

    private static async Task<((int Status, JsonNode Body) Answer, Rejection? Last, string Log)> PushAsync(Exception exception, bool gone = false)
    {
        using var written = new StringWriter();
        var log = new Log(LogLevel.Debug, written, written);
        var connections = new Connections(log);
        using var aborted = new CancellationTokenSource();
        using var endpoint = new PushEndpoint(new Failing(() =>
        {
            if (gone) aborted.Cancel();
            return exception;
        }), connections, null, log, CancellationToken.None);
        var answer = new MemoryStream();
        var context = new DefaultHttpContext
        {
            RequestAborted = aborted.Token,
            Request = { Method = "POST", Path = "/", Body = new MemoryStream(new SecretPush(Token, DateTimeOffset.UtcNow, 60, "https://vault:8200", null).Encode()) },
            Response = { Body = answer },
        };
        context.Features.Set(new Connections.Place(new DefaultConnectionContext("1") { RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, 1) }));
        await endpoint.ProcessRequestAsync(context);
        return ((context.Response.StatusCode, answer.Length == 0 ? new JsonObject() : JsonNode.Parse(Encoding.UTF8.GetString(answer.ToArray()))!), endpoint.LastRejection, written.ToString());
    }

    private sealed class Failing(Func<Exception> exception) : IRedemption
    {
        public Task<ServedToken?> Served { get; } = new TaskCompletionSource<ServedToken?>().Task;

        public PushAnswer? Answer => null;

        public Task<Rejection?> RedeemAsync(SecretPush push, CancellationToken cancellation) => Task.FromException<Rejection?>(exception());
    }
}
