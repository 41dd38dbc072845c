using System.Net;
using System.Text;
using AkkaVault.InitContainer;
using AkkaVault.InitContainer.Sidecar;
using AkkaVault.Shared.Push;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace AkkaVault.Actors.Tests.InitContainer;

/// <summary>What the init container logs about rejected pushes at its timeout.</summary>
public sealed class LastRejectionTests
{
    private static readonly byte[] s_push = new SecretPush("s.token", DateTimeOffset.UtcNow, 60, "https://vault:8200", null).Encode();

    [Theory]
    [InlineData("GET", "/", "")]
    [InlineData("POST", "/favicon.ico", "")]
    [InlineData("POST", "/", "no JSON")]
    public async Task A_strangers_noise_does_not_take_the_place_of_a_push(string method, string path, string body)
    {
        using var written = new StringWriter();
        var log = new Log(LogLevel.Debug, written, written);
        var connections = new Connections(log);
        using var endpoint = new PushEndpoint(new Refusing(), connections, null, log, CancellationToken.None);

        await SendAsync(endpoint, method, path, Encoding.UTF8.GetBytes(body));
        Assert.True(RejectionLog.IsNoise(endpoint.LastRejection!.Reason));
        await SendAsync(endpoint, "POST", "/", s_push);
        Assert.Equal(PushRejection.VaultUnavailable, endpoint.LastRejection.Reason);
        await SendAsync(endpoint, method, path, Encoding.UTF8.GetBytes(body));
        Assert.Equal(PushRejection.VaultUnavailable, endpoint.LastRejection.Reason);
    }

    private static Task SendAsync(PushEndpoint endpoint, string method, string path, byte[] body)
    {
        var context = new DefaultHttpContext { Request = { Method = method, Path = path, Body = new MemoryStream(body) }, Response = { Body = new MemoryStream() } };
        context.Features.Set(new Connections.Place(new DefaultConnectionContext("1") { RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, 1) }));
        return endpoint.ProcessRequestAsync(context);
    }

    private sealed class Refusing : IRedemption
    {
        public Task<ServedToken?> Served { get; } = new TaskCompletionSource<ServedToken?>().Task;

        public PushAnswer? Answer => null;

        public Task<Rejection?> RedeemAsync(SecretPush push, CancellationToken cancellation) => Task.FromResult<Rejection?>(Rejection.VaultUnavailable("it does not answer"));
    }
}
