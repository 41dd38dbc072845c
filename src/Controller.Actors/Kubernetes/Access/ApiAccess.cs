using System.Security.Cryptography;
using AkkaVault.Shared.Http;

namespace AkkaVault.Controller.Kubernetes.Access;

/// <summary>The API server's address, how it is verified, and the client's credentials: the result of a kubeconfig's context or a pod's service account. Holds secrets, and prints none.</summary>
internal sealed record ApiAccess
{
    /// <summary>The API server.</summary>
    public required Uri Server { get; init; }

    /// <summary>The namespace of the context; null: it names none. Requests name their own.</summary>
    public string? Namespace { get; init; }

    /// <summary>The name in its certificate, where it is not that of the address.</summary>
    public string? ServerName { get; init; }

    /// <summary>Whether its certificate is not verified.</summary>
    public bool SkipVerification { get; init; }

    /// <summary>The CAs that its certificate must chain to; null: the system's roots.</summary>
    public PemSource? Cas { get; init; }

    /// <summary>A proxy for all requests; null: that of the environment.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>The client's certificate; null: none.</summary>
    public PemSource? Certificate { get; init; }

    /// <summary>Its key.</summary>
    public PemSource? Key { get; init; }

    /// <summary>A bearer token. A secret.</summary>
    public string? Token { get; init; }

    /// <summary>A file with a bearer token, read for each request. It takes precedence over the token.</summary>
    public string? TokenFile { get; init; }

    /// <summary>User name and password.</summary>
    public (string Name, string Password)? Login { get; init; }

    /// <summary>A command that prints the credentials.</summary>
    public ExecPlugin? Plugin { get; init; }

    /// <summary>The user that is impersonated.</summary>
    public Impersonation? Impersonation { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{UserInfo.Without(Server)}";

    /// <summary>The client's current certificate; null: there is none.</summary>
    /// <param name="known">The certificate of the last request.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    /// <exception cref="CryptographicException">They do not belong together, or cannot be read.</exception>
    public ClientIdentity? Identity(ClientIdentity? known) => Certificate is not null && Key is not null ? ClientIdentity.Of(Certificate.Read(), Key.Read(), known) : null;

    /// <summary>The current bearer token; null: there is none.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public async Task<string?> TokenAsync(CancellationToken cancellation)
    {
        if (TokenFile is null) return Token;
        var token = (await File.ReadAllTextAsync(TokenFile, cancellation).ConfigureAwait(false)).Trim();
        return token.Length > 0 ? token : throw new IOException($"{TokenFile} is empty");
    }
}
