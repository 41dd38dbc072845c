using System.Net;
using System.Security.Cryptography.X509Certificates;
using AkkaVault.Controller.Certificates;
using AkkaVault.Shared.Certificates;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Tls;

/// <summary>
/// Says whether who connects, or is connected to, is a controller: by the CA bundle of the moment, and nothing else. Safe to use
/// from any thread.
/// </summary>
/// <param name="own">This controller's certificate.</param>
/// <param name="cas">What those of the others must chain to.</param>
/// <param name="log">Where a person is told.</param>
internal sealed class PeerVerifier(ServerCertificate own, CaBundle cas, ILogger<PeerVerifier> log)
{
    private const int MostRemembered = 1000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _refused = new(StringComparer.Ordinal);

    /// <summary>Verifies a certificate; says of each peer once why it is refused.</summary>
    /// <param name="presented">The certificate; null: none was presented.</param>
    /// <param name="others">What was presented with it.</param>
    /// <param name="peer">Akka's address or the socket's.</param>
    public bool IsTrusted(X509Certificate2? presented, X509Certificate2Collection others, string peer)
    {
        var (host, problem) = (HostOf(peer), WhyNot(presented, others));
        if (IsNews(host, problem))
            log.PeerRefused(host, presented?.Subject ?? "is missing", problem);
        return problem is null;
    }

    /// <summary>The address of a peer, without the port: that of who connects is a new one each time.</summary>
    public static string HostOf(string peer)
    {
        if (IPEndPoint.TryParse(peer, out var socket)) return (socket.Address.IsIPv4MappedToIPv6 ? socket.Address.MapToIPv4() : socket.Address).ToString();
        var at = peer.LastIndexOf('@');
        return at >= 0 && IPEndPoint.TryParse(peer[(at + 1)..], out var node) ? node.Address.ToString() : peer;
    }

    private string? WhyNot(X509Certificate2? presented, X509Certificate2Collection others)
    {
        if (presented is null) return "none was presented";
        if (cas.Current is not { } anchors) return cas.Problem;
        // Akka presents no chain: the issuers of this controller's own certificate are mostly those of the others' too.
        X509Certificate2Collection known = [.. others, .. own.Current.IntermediateCertificates];
        // Each controller is both server and client of each other.
        return TrustAnchors.WhyNotTrusted(presented, known, anchors.Certificates, TrustAnchors.ServerAuthentication, TrustAnchors.ClientAuthentication);
    }

    private bool IsNews(string host, string? problem)
    {
        lock (_gate)
        {
            if (problem is null)
            {
                _refused.Remove(host);
                return false;
            }

            if (_refused.GetValueOrDefault(host) == problem) return false;
            // Strangers with many addresses: rather said twice than remembered for ever.
            if (_refused.Count >= MostRemembered) _refused.Clear();
            _refused[host] = problem;
            return true;
        }
    }
}
