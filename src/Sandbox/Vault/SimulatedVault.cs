using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace AkkaVault.Sandbox.Vault;

/// <summary>
/// A Vault in memory. It speaks real HTTP and answers as Vault 1.8 does, errors included; tests compare it
/// with recordings of a real Vault. It has tokens, policies, AppRole, response wrapping, PKI, KV,
/// database users with leases, rate-limit quotas and sealing. Tests can also inspect it directly and inject faults. This class is thread-safe.
/// </summary>
public sealed class SimulatedVault : IAsyncDisposable
{
    private readonly VaultState state;
    private readonly VaultRouter router;
    private readonly AuditLog audit;
    private readonly SimulatedVaultOptions options;
    private readonly VaultHttp http;
    private readonly CertificateSlot? certificate;
    private readonly SemaphoreSlim listening = new(1, 1);
    private VaultListener? listener;
    private volatile Func<VaultRequest, VaultFault?>? fault;
    private bool disposed;

    private SimulatedVault(SimulatedVaultOptions options)
    {
        this.options = options;
        state = new VaultState(options.Time, options.RootToken);
        router = new VaultRouter(state);
        audit = new AuditLog(options.AuditCapacity);
        http = new VaultHttp(state, router, audit, options.Namespace, () => fault);
        certificate = options.Certificate is { } served ? new CertificateSlot(served, options.CertificateChain) : null;
        Setup = new VaultSetup(state, router);
    }

    /// <summary>The base address, without <c>/v1</c>. It stays the same when the listener stops and resumes.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>The root token. It is a secret, though only of a sandbox.</summary>
    public string RootToken => state.Root.Id;

    /// <summary>The only key share for <c>sys/unseal</c>. It is a secret, though only of a sandbox.</summary>
    public string UnsealKey => state.UnsealKey;

    /// <summary>Creates roles, policies and tokens in this process, through the same code as HTTP requests.</summary>
    public VaultSetup Setup { get; }

    /// <summary>Every secret that was issued so far: tokens, wrapping tokens, secret_ids, private keys and the root token.</summary>
    public IReadOnlyCollection<string> EverySecret => state.Secrets.HandedOut;

    /// <summary>Every wrapping token that was issued so far, oldest first, with its state.</summary>
    public IReadOnlyList<IssuedWrappingToken> WrappingTokens => state.Wrapping.Issued;

    /// <summary>The tokens that are alive now, without wrapping tokens.</summary>
    public IReadOnlyList<LiveToken> LiveTokens =>
    [
        .. state.Tokens.AllAlive()
            .Where(token => !token.Policies.Contains("response-wrapping"))
            .Select(token => new LiveToken(token.Accessor, token.Path, token.Policies, token.Meta ?? new Dictionary<string, string>(), token.CreatedAt, token.ExpiresAt)),
    ];

    /// <summary>The HTTP requests, oldest first; at most <see cref="SimulatedVaultOptions.AuditCapacity"/>.</summary>
    public IReadOnlyList<AuditEntry> Audit => audit.Entries;

    /// <summary>
    /// Is called for each HTTP request before Vault handles it. A null function
    /// or a null result changes nothing. Many threads call the function at once.
    /// </summary>
    public Func<VaultRequest, VaultFault?>? Fault
    {
        get => fault;
        set => fault = value;
    }

    /// <summary>Starts a Vault that is initialized and unsealed, and in which only the token auth method is enabled.</summary>
    /// <exception cref="IOException">The end point is in use.</exception>
    public static async Task<SimulatedVault> StartAsync(SimulatedVaultOptions options, CancellationToken cancellation)
    {
        var vault = new SimulatedVault(options);
        try
        {
            await vault.ListenAsync(options.EndPoint, cancellation).ConfigureAwait(false);
        }
        catch
        {
            await vault.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return vault;
    }

    /// <summary>Whether a token of any kind is alive: not expired, not revoked and not used up.</summary>
    public bool IsLiveToken(string token) => state.Tokens.Find(token) is not null;

    /// <summary>Whether a user from a database mount can still log in: the user's lease is neither expired nor revoked, and the token that asked for the user lives.</summary>
    public bool IsLiveDatabaseUser(string username, string password) => state.Mounts.Engines<DatabaseBackend>().Any(database => database.IsLive(username, password));

    /// <summary>Whether the token of an accessor is alive.</summary>
    public bool IsLiveAccessor(string accessor) => state.Tokens.FindByAccessor(accessor) is not null;

    /// <summary>Seals this Vault. Everything but the status pages and <c>sys/unseal</c> then answers 503.</summary>
    public void Seal() => state.Seal.IsSealed = true;

    /// <summary>Unseals this Vault.</summary>
    public void Unseal() => state.Seal.IsSealed = false;

    /// <summary>Serves another certificate on all new connections. Open connections do not change.</summary>
    /// <param name="served">The certificate, with its private key.</param>
    /// <param name="chain">The authorities that are sent with the certificate, its issuer first, without the root; null: none.</param>
    /// <exception cref="InvalidOperationException">This Vault was started without a certificate and serves plain HTTP.</exception>
    public void UseCertificate(X509Certificate2 served, X509Certificate2Collection? chain = null) =>
        (certificate ?? throw new InvalidOperationException("this Vault serves plain HTTP")).Put(served, chain);

    /// <summary>
    /// Stops listening, as if Vault were down. Connections are cut, and Vault's data stay. Does nothing when Vault does not listen.
    /// </summary>
    public async Task StopListeningAsync()
    {
        await listening.WaitAsync().ConfigureAwait(false);
        try
        {
            if (listener is not null) await listener.DisposeAsync().ConfigureAwait(false);
            listener = null;
        }
        finally
        {
            listening.Release();
        }
    }

    /// <summary>Listens again, on the same address. Does nothing when Vault listens already.</summary>
    /// <exception cref="IOException">Another program has taken the port.</exception>
    public Task ResumeListeningAsync(CancellationToken cancellation) =>
        ListenAsync(new IPEndPoint(options.EndPoint.Address, Address.Port), cancellation);

    /// <summary>Stops listening and drops all data.</summary>
    public async ValueTask DisposeAsync()
    {
        if (disposed) return;
        disposed = true;
        await StopListeningAsync().ConfigureAwait(false);
        listening.Dispose();
    }

    private async Task ListenAsync(IPEndPoint endPoint, CancellationToken cancellation)
    {
        await listening.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (listener is not null) return;
            listener = await VaultListener.StartAsync(endPoint, certificate, options.ConfigureLogging, http.ServeAsync, cancellation).ConfigureAwait(false);
            Address = listener.Address;
        }
        finally
        {
            listening.Release();
        }
    }
}
