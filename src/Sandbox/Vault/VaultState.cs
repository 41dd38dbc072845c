using System.Collections.Immutable;
using System.Security.Cryptography;

namespace AkkaVault.Sandbox.Vault;

/// <summary>A token of the simulated Vault.</summary>
internal sealed record SimulatedToken(
    string Id, string Accessor, ImmutableArray<string> Policies, TimeSpan Period, DateTimeOffset Created, string? Role, string Path)
{
    public DateTimeOffset? Expires { get; set; }

    public bool IsRoot => Policies.Contains("root");
}

/// <summary>A secret_id of the simulated Vault: usable once.</summary>
internal sealed record SimulatedSecretId(string Id, string Accessor, string Role, ImmutableDictionary<string, string> Metadata, DateTimeOffset Expires);

/// <summary>What became of a wrapping token.</summary>
public enum WrapState
{
    /// <summary>Nobody has used it yet.</summary>
    Issued,

    /// <summary>It was unwrapped.</summary>
    Unwrapped,

    /// <summary>It was revoked by its accessor.</summary>
    Revoked,

    /// <summary>Its TTL is over.</summary>
    Expired,
}

/// <summary>A wrapping token that was issued, as tests see it.</summary>
/// <param name="Accessor">Its accessor.</param>
/// <param name="Role">The AppRole.</param>
/// <param name="Metadata">The metadata given for the secret_id.</param>
/// <param name="State">What became of it.</param>
public sealed record IssuedWrap(string Accessor, string Role, IReadOnlyDictionary<string, string> Metadata, WrapState State);

internal sealed record SimulatedWrap(string Token, string Accessor, SimulatedSecretId Secret, DateTimeOffset Created, TimeSpan Ttl, string Path)
{
    public WrapState State { get; set; }
}

/// <summary>All that the simulated Vault knows. Guarded by one lock: a request is microseconds of dictionary work.</summary>
internal sealed class VaultState(TimeProvider clock, string rootToken)
{
    private static readonly TimeSpan SecretIdTtl = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan TokenPeriod = TimeSpan.FromHours(6);
    private readonly Dictionary<string, SimulatedToken> _tokens = new()
    {
        [rootToken] = new SimulatedToken(rootToken, NewId(24), ["root"], TimeSpan.Zero, clock.GetUtcNow(), null, "auth/token/create"),
    };

    private readonly Dictionary<string, string> _roleIds = [];
    private readonly Dictionary<string, ImmutableHashSet<string>> _policies = [];
    private readonly Dictionary<string, SimulatedSecretId> _secretIds = [];
    private readonly Dictionary<string, SimulatedWrap> _wraps = [];
    private readonly HashSet<string> _everySecret = [rootToken];

    public Lock Gate { get; } = new();

    public DateTimeOffset Now => clock.GetUtcNow();

    public IReadOnlyCollection<string> EverySecret => [.. _everySecret];

    public bool Sealed { get; set; }

    public IReadOnlyList<IssuedWrap> Wraps => [.. _wraps.Values.Select(w => new IssuedWrap(w.Accessor, w.Secret.Role, w.Secret.Metadata, StateOf(w)))];

    public string CreateRole(string name) => _roleIds.TryGetValue(name, out var id) ? id : _roleIds[name] = Guid.NewGuid().ToString();

    public bool RoleExists(string name) => _roleIds.ContainsKey(name);

    /// <summary>A periodic token with a policy of its own: these paths, and what Vault's default policy allows.</summary>
    public SimulatedToken CreateControllerToken(string tokenRole, IEnumerable<string> paths)
    {
        _policies[tokenRole] = [.. paths, $"auth/token/roles/{tokenRole}"];
        return Remember(new SimulatedToken(
            "s." + NewId(24), NewId(24), ["default", tokenRole], TokenPeriod, Now, tokenRole, $"auth/token/create/{tokenRole}"));
    }

    public SimulatedToken? Token(string id) =>
        _tokens.TryGetValue(id, out var token) && (token.Expires is null || token.Expires > Now) ? token : null;

    public bool HasTokenRole(string name) => _policies.ContainsKey(name);

    public bool Allows(SimulatedToken token, string path) =>
        token.IsRoot || token.Policies.Any(policy => _policies.TryGetValue(policy, out var paths) && paths.Contains(path));

    public void Renew(SimulatedToken token) => token.Expires = Now + token.Period;

    public SimulatedWrap Wrap(string role, ImmutableDictionary<string, string> metadata, TimeSpan ttl, string path)
    {
        var secret = new SimulatedSecretId(Guid.NewGuid().ToString(), Guid.NewGuid().ToString(), role, metadata, Now + SecretIdTtl);
        var wrap = new SimulatedWrap("s." + NewId(24), NewId(24), secret, Now, ttl, path);
        _wraps.Add(wrap.Token, wrap);
        _everySecret.UnionWith([secret.Id, wrap.Token]);
        return wrap;
    }

    public SimulatedWrap? LiveWrap(string token) => _wraps.TryGetValue(token, out var wrap) && StateOf(wrap) == WrapState.Issued ? wrap : null;

    public SimulatedSecretId Unwrap(SimulatedWrap wrap)
    {
        wrap.State = WrapState.Unwrapped;
        _secretIds.Add(wrap.Secret.Id, wrap.Secret);
        return wrap.Secret;
    }

    public bool Revoke(string accessor)
    {
        if (_wraps.Values.FirstOrDefault(w => w.Accessor == accessor && StateOf(w) == WrapState.Issued) is { } wrap)
        {
            wrap.State = WrapState.Revoked;
            return true;
        }

        return _tokens.Values.FirstOrDefault(t => t.Accessor == accessor) is { } token && _tokens.Remove(token.Id);
    }

    public string? RoleOf(string roleId) => _roleIds.FirstOrDefault(pair => pair.Value == roleId).Key;

    public SimulatedToken? Login(string role, string secretId)
    {
        if (!_secretIds.TryGetValue(secretId, out var secret) || secret.Role != role || secret.Expires <= Now) return null;
        _secretIds.Remove(secretId);
        return Remember(new SimulatedToken("s." + NewId(24), NewId(24), ["default", role], TokenPeriod, Now, null, "auth/approle/login"));
    }

    public static string NewId(int length) => RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", length);

    private WrapState StateOf(SimulatedWrap wrap) => wrap.State == WrapState.Issued && wrap.Created + wrap.Ttl <= Now ? WrapState.Expired : wrap.State;

    private SimulatedToken Remember(SimulatedToken token)
    {
        token.Expires = token.Created + token.Period;
        _everySecret.Add(token.Id);
        return _tokens[token.Id] = token;
    }
}
