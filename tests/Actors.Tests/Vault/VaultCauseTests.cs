using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Shared.Certificates;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Actors.Tests.Vault;

/// <summary>The cause of a failed call to Vault follows from types and statuses, and not from messages.</summary>
public sealed class VaultCauseTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(400, "vault-400")]
    [InlineData(403, "vault-403")]
    [InlineData(429, "vault-429")]
    [InlineData(500, "vault-500")]
    [InlineData(503, "vault-503")]
    public void A_status_is_the_cause(int status, string code)
    {
        var failure = new VaultException("PUT secret-id", (HttpStatusCode)status, ["it is not trusted, cannot reach Vault"]);
        Assert.Equal((VaultCause.Status, code), (failure.Cause, ProblemCode.Of(failure)));
    }

    [Fact]
    public void That_Vault_is_sealed_is_more_than_its_status() =>
        Assert.Equal(ProblemCode.VaultSealed, ProblemCode.Of(new VaultException("PUT secret-id", HttpStatusCode.ServiceUnavailable, ["Vault is sealed"])));

    [Fact]
    public void A_lost_token_is_more_than_what_it_follows_from() => Assert.Equal(
        ProblemCode.VaultTokenLost,
        ProblemCode.Of(new VaultException("PUT secret-id", "words", new VaultException("PUT secret-id", HttpStatusCode.Forbidden, [])) { Cause = VaultCause.TokenLost }));

    [Fact]
    public async Task Nobody_listens() => Assert.Equal(ProblemCode.VaultUnreachable, await CodeAsync(new Uri("http://127.203.9.1:8200")));

    [Fact]
    public async Task What_answers_is_not_Vault() => Assert.Equal(ProblemCode.NotVault, await AnsweredAsync(
        "http", "127.203.9.2", async stream =>
        {
            await stream.ReadAtLeastAsync(new byte[1], 1);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"u8.ToArray());
        }));

    [Fact]
    public async Task A_load_balancer_answers_for_Vault() => Assert.Equal(ProblemCode.NotVault, await AnsweredAsync(
        "http", "127.203.9.5", async stream =>
        {
            await stream.ReadAtLeastAsync(new byte[1], 1);
            await stream.WriteAsync("HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"u8.ToArray());
        }));

    [Fact]
    public async Task What_answers_does_not_speak_TLS() => Assert.Equal(ProblemCode.VaultUnreachable, await AnsweredAsync(
        "https", "127.203.9.3", async stream => await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray())));

    [Fact]
    public async Task Its_certificate_is_not_trusted()
    {
        using var certificate = SelfSigned.For(IPAddress.Parse("127.203.9.4"), TimeSpan.FromHours(1));
        Assert.Equal(ProblemCode.VaultUntrusted, await AnsweredAsync("https", "127.203.9.4", async stream =>
        {
            await using var tls = new SslStream(stream);
            await tls.AuthenticateAsServerAsync(certificate);
        }));
    }

    /// <summary>The failure of a call that gets the given answer.</summary>
    private static async Task<string> AnsweredAsync(string scheme, string address, Func<NetworkStream, Task> answer)
    {
        using var listener = new TcpListener(IPAddress.Parse(address), 8200);
        listener.Start();
        var answering = AnswerAsync();
        var code = await CodeAsync(new Uri($"{scheme}://{address}:8200"));
        listener.Stop();
        await answering.WaitAsync(Deadline);
        return code;

        async Task AnswerAsync()
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync();
                await answer(client.GetStream());
            }
            catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException or AuthenticationException)
            {
                // The caller has closed the connection, as expected.
            }
        }
    }

    private static async Task<string> CodeAsync(Uri address)
    {
        using var http = VaultTransport.Create(address, (X509Certificate2Collection?)null);
        var failure = await Assert.ThrowsAsync<VaultException>(() => new VaultClient(http).ReadSealStatusAsync(CancellationToken.None).WaitAsync(Deadline));
        return ProblemCode.Of(failure);
    }
}
