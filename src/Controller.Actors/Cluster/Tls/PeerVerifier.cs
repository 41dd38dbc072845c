using System.Net;
using System.Security.Cryptography.X509Certificates;
using AkkaVault.Controller.Certificates;
using AkkaVault.Shared.Certificates;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Tls;

/// <summary>
/// Whether the other end of a connection is a controller: its certificate chains to the current CA bundle, and nothing else counts.
/// Thread-safe.
/// </summary>
internal sealed class PeerVerifier(ServerCertificate own, CaBundle cas, ILogger<PeerVerifier> log)
{
    private const int MaxRemembered = 1000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _refused = new(StringComparer.Ordinal);

    /// <summary>Verifies a certificate, and logs once for each peer why it is refused.</summary>
    public bool IsTrusted(X509Certificate2? presented, X509Certificate2Collection others, string peer)
    {
        var (host, problem) = (HostOf(peer), ProblemOf(presented, others));
        if (IsNewProblem(host, problem))
            log.PeerRefused(host, presented?.Subject ?? "is missing", problem);
        return problem is null;
    }

    /// <summary>The address of a peer without the port, which is a new one for each incoming connection.</summary>
    public static string HostOf(string peer)
    {
        if (IPEndPoint.TryParse(peer, out var socket)) return (socket.Address.IsIPv4MappedToIPv6 ? socket.Address.MapToIPv4() : socket.Address).ToString();
        var at = peer.LastIndexOf('@');
        return at >= 0 && IPEndPoint.TryParse(peer[(at + 1)..], out var node) ? node.Address.ToString() : peer;
    }

    private string? ProblemOf(X509Certificate2? presented, X509Certificate2Collection others)
    {
        if (presented is null) return "none was presented";
        if (cas.Current is not { } anchors) return cas.Problem;
        // Akka presents no chain. This controller's own certificate mostly has the same issuers.
        X509Certificate2Collection known = [.. others, .. own.Current.IntermediateCertificates];
        // Each controller is both a server and a client of each other.
        return TrustAnchors.WhyNotTrusted(presented, known, anchors.Certificates, TrustAnchors.ServerAuthentication, TrustAnchors.ClientAuthentication);
    }

    private bool IsNewProblem(string host, string? problem)
    {
        lock (_gate)
        {
            if (problem is null)
            {
                _refused.Remove(host);
                return false;
            }

            if (_refused.GetValueOrDefault(host) == problem) return false;
            // Strangers may come from any number of addresses: logging twice is better than a set that grows without limit.
            if (_refused.Count >= MaxRemembered) _refused.Clear();
            _refused[host] = problem;
            return true;
        }
    }
}
