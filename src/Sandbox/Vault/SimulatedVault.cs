using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace AkkaVault.Sandbox.Vault;

/// <summary>
/// A Vault in memory that speaks real HTTP and answers as Vault 1.8 does, errors included (tests hold it to recordings of a
/// real one): tokens, policies, AppRole, response wrapping, PKI, KV, database users with leases, rate-limit quotas, sealing. Beside HTTP it can be looked into
/// and broken on purpose. Safe to use from any thread.
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

    /// <summary>The base address, without <c>/v1</c>; stays the same when the listener stops and resumes.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>The root token. A secret, if only of a sandbox.</summary>
    public string RootToken => state.Root.Id;

    /// <summary>The one key share that <c>sys/unseal</c> takes. A secret, if only of a sandbox.</summary>
    public string UnsealKey => state.UnsealKey;

    /// <summary>Creates roles, policies and tokens in process, through the same code as HTTP.</summary>
    public VaultSetup Setup { get; }

    /// <summary>Every secret handed out so far: tokens, wrapping tokens, secret_ids, private keys, the root token.</summary>
    public IReadOnlyCollection<string> EverySecret => state.Secrets.HandedOut;

    /// <summary>Every wrapping token issued so far, oldest first, with what became of it.</summary>
    public IReadOnlyList<IssuedWrappingToken> WrappingTokens => state.Wrapping.Issued;

    /// <summary>The tokens alive now, wrapping tokens left out.</summary>
    public IReadOnlyList<LiveToken> LiveTokens =>
    [
        .. state.Tokens.AllAlive()
            .Where(token => !token.Policies.Contains("response-wrapping"))
            .Select(token => new LiveToken(token.Accessor, token.Path, token.Policies, token.Meta ?? new Dictionary<string, string>(), token.CreatedAt, token.ExpiresAt)),
    ];

    /// <summary>The requests seen over HTTP, oldest first; at most <see cref="SimulatedVaultOptions.AuditCapacity"/>.</summary>
    public IReadOnlyList<AuditEntry> Audit => audit.Entries;

    /// <summary>
    /// Asked for each HTTP request before it is handled; null, or an answer of null, leaves the request alone. Called from many
    /// threads at once.
    /// </summary>
    public Func<VaultRequest, VaultFault?>? Fault
    {
        get => fault;
        set => fault = value;
    }

    /// <summary>Starts a vault that is initialized and unsealed, with nothing enabled but tokens.</summary>
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

    /// <summary>Whether a token, of whatever kind, is neither expired nor revoked nor used up.</summary>
    public bool IsLiveToken(string token) => state.Tokens.Find(token) is not null;

    /// <summary>Whether a user that a database mount gave out can still log in: its lease is neither expired nor revoked, and its token lives.</summary>
    public bool IsLiveDatabaseUser(string username, string password) => state.Mounts.Engines<DatabaseBackend>().Any(database => database.IsLive(username, password));

    /// <summary>The same, of a token's accessor.</summary>
    public bool IsLiveAccessor(string accessor) => state.Tokens.FindByAccessor(accessor) is not null;

    /// <summary>Seals: all but the status pages and <c>sys/unseal</c> answers 503.</summary>
    public void Seal() => state.Seal.IsSealed = true;

    /// <summary>Ends <see cref="Seal"/>.</summary>
    public void Unseal() => state.Seal.IsSealed = false;

    /// <summary>Serves another certificate to every connection made from now on; those that stand go on as they are.</summary>
    /// <param name="served">The certificate, with its private key.</param>
    /// <param name="chain">The authorities sent along, its issuer first, the root left out; null: none.</param>
    /// <exception cref="InvalidOperationException">This vault was started without a certificate and serves plain HTTP.</exception>
    public void UseCertificate(X509Certificate2 served, X509Certificate2Collection? chain = null) =>
        (certificate ?? throw new InvalidOperationException("This vault serves plain HTTP.")).Put(served, chain);

    /// <summary>Stops listening, as if Vault were away: connections are cut, what Vault knows stays. No error when stopped already.</summary>
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

    /// <summary>Listens again, on the same address. No error when it listens already.</summary>
    /// <exception cref="IOException">Someone took the port in between.</exception>
    public Task ResumeListeningAsync(CancellationToken cancellation) =>
        ListenAsync(new IPEndPoint(options.EndPoint.Address, Address.Port), cancellation);

    /// <summary>Stops listening and forgets everything.</summary>
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
