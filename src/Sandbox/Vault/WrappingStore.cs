using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Vault;

/// <summary>Response wrapping: stores an answer under a wrapping token, which returns the answer once.</summary>
internal sealed class WrappingStore(TokenStore tokens, SecretSource secrets, TimeProvider time)
{
    private static readonly string[] Policy = ["response-wrapping"];

    private readonly Lock gate = new();
    private readonly Dictionary<string, Wrap> byToken = new(StringComparer.Ordinal);
    private readonly List<Wrap> all = [];

    /// <summary>Every wrapping token that was issued, oldest first, with its present state.</summary>
    public IReadOnlyList<IssuedWrappingToken> Issued
    {
        get
        {
            var now = time.GetUtcNow();
            lock (gate) return [.. all.Select(wrap => wrap.View(now))];
        }
    }

    /// <summary>400 for a wrapping token that was used, has expired or never existed.</summary>
    public static VaultRefusal NotValid => new(400, "wrapping token is not valid or does not exist");

    public VaultAnswer Wrap(VaultRequest request, VaultAnswer answer, TimeSpan ttl)
    {
        var now = time.GetUtcNow();
        var token = new TokenEntry
        {
            Id = secrets.ServiceToken(),
            Accessor = SecretSource.Accessor(),
            Path = request.Path,
            Policies = Policy,
            CreatedAt = now,
            CreationTtl = ttl,
            ExpiresAt = now + ttl,
            ExplicitMaxTtl = ttl,
            DisplayName = "",
            NumUses = 1,
            UsesLeft = 1,
        };
        tokens.Add(token);
        var wrap = new Wrap(token, answer);
        lock (gate)
        {
            byToken.Add(token.Id, wrap);
            all.Add(wrap);
        }

        var info = new JsonObject
        {
            ["token"] = token.Id,
            ["accessor"] = token.Accessor,
            ["ttl"] = Json.Seconds(ttl),
            ["creation_time"] = Json.Time(now),
            ["creation_path"] = request.Path,
        };
        if (answer.Auth?["accessor"] is { } wrapped) info["wrapped_accessor"] = wrapped.DeepClone();
        return new VaultAnswer { WrapInfo = info };
    }

    /// <summary><c>sys/wrapping/lookup</c>: the holder of the token may ask, and the lookup does not use the token up.</summary>
    public VaultAnswer LookUp(VaultRequest request)
    {
        if (!request.Writes && !request.Reads) throw VaultRefusal.UnsupportedOperation;
        var token = Live(Named(request)).Token;
        return VaultAnswer.OfData(new JsonObject
        {
            ["creation_path"] = token.Path,
            ["creation_time"] = Json.Time(token.CreatedAt),
            ["creation_ttl"] = Json.Seconds(token.CreationTtl),
        });
    }

    /// <summary><c>sys/wrapping/unwrap</c>: returns the wrapped answer to exactly one caller.</summary>
    public VaultAnswer Unwrap(VaultRequest request)
    {
        if (!request.Writes) throw VaultRefusal.UnsupportedOperation;
        var wrap = Live(Named(request));
        if (!tokens.TryUse(wrap.Token)) throw NotValid;
        lock (gate)
        {
            byToken.Remove(wrap.Token.Id);
            return wrap.TakeAnswer();
        }
    }

    private static string Named(VaultRequest request) =>
        request.Data.Text("token") is { Length: > 0 } named ? named
        : request.Token is { Length: > 0 } own ? own
        : throw new VaultRefusal(400, "error validating wrapping token: token is empty");

    private Wrap Live(string token)
    {
        lock (gate)
        {
            return byToken.GetValueOrDefault(token) is { } wrap && wrap.Token.IsAlive(time.GetUtcNow()) ? wrap : throw NotValid;
        }
    }
}

/// <summary>A wrapping token and the answer that it wraps.</summary>
internal sealed class Wrap(TokenEntry token, VaultAnswer answer)
{
    private readonly (string Role, IReadOnlyDictionary<string, string> Metadata)? secretId = answer.SecretId;
    private VaultAnswer? held = answer;

    public TokenEntry Token { get; } = token;

    public VaultAnswer TakeAnswer()
    {
        var taken = held ?? throw new InvalidOperationException("This wrapping token was unwrapped already.");
        held = null;
        return taken;
    }

    public IssuedWrappingToken View(DateTimeOffset now) => new(
        Token.Accessor, Token.Path, Token.CreatedAt, Token.CreationTtl, secretId?.Role,
        secretId?.Metadata ?? new Dictionary<string, string>(),
        held is null ? WrappingState.Unwrapped
            : Token is { Revoked: true, DroppedByExpiry: false } ? WrappingState.Revoked
            : now >= Token.ExpiresAt ? WrappingState.Expired
            : WrappingState.Issued);
}
