using System.Text.RegularExpressions;

namespace AkkaVault.Sandbox.Vault;

/// <summary><c>auth/token/create</c> in its three forms: checks what the request asks for, and creates the token.</summary>
internal sealed partial class TokenCreation(TokenStore tokens, PolicyStore policies, SecretSource secrets, TimeProvider time)
{
    /// <param name="request">The request.</param>
    /// <param name="caller">The token of the request.</param>
    /// <param name="role">The token role; null: none.</param>
    /// <param name="orphan">Whether the path itself creates orphans.</param>
    public VaultAnswer Create(VaultRequest request, TokenEntry caller, TokenRole? role, bool orphan)
    {
        if (caller.Type == "batch") throw new VaultRefusal(400, "batch tokens cannot create more tokens");
        if (caller.NumUses > 0) throw new VaultRefusal(400, "restricted use token cannot generate child tokens");
        var sudo = policies.Allows(caller.Policies, request.Path, "sudo", TimeSpan.Zero);
        var data = request.Data.Decoded;
        var batch = IsBatch(data, role);
        var uses = Uses(data, role);
        var meta = data.Map("meta");
        if (data.Text("id") is { Length: > 0 } && !sudo) throw new VaultRefusal(400, "root or sudo privileges required to specify token id");
        var granted = PoliciesOf(data, caller, role, sudo);
        if (granted.Contains("root") && batch) throw new VaultRefusal(400, "batch tokens cannot be root tokens");
        if (role is null && (data.Flag("no_parent") ?? false))
            orphan = sudo ? true : throw new VaultRefusal(400, "root or sudo privileges required to create orphan token");
        orphan = role?.Orphan ?? orphan;
        var ownMax = Life(data, "explicit_max_ttl");
        var ownPeriod = Life(data, "period");
        if (ownPeriod > TimeSpan.Zero && !sudo) throw new VaultRefusal(400, "root or sudo privileges required to create periodic token");
        var asked = Life(data, "ttl");
        var now = time.GetUtcNow();
        var warnings = new List<string>();
        var ttl = Ttl(role, granted, asked, ownPeriod, ownMax, now, warnings);
        if (ttl == TimeSpan.Zero && caller.CreationTtl > TimeSpan.Zero)
            throw new VaultRefusal(400, "expiring root tokens cannot create non-expiring root tokens");
        warnings.AddRange(granted.Where(policy => !policies.Exists(policy)).Select(policy => $"Policy \"{policy}\" does not exist"));
        // Batch tokens store whole seconds.
        var created = batch ? DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds()) : now;
        var path = role is { PathSuffix.Length: > 0 } ? $"{request.Path}/{role.PathSuffix}" : request.Path;
        var display = DisplayName(data);
        var entry = new TokenEntry
        {
            Id = Named(data) ?? (batch
                ? secrets.BatchToken(BatchTokens.Length([orphan ? "" : caller.Id, path, display, role?.Name ?? "", .. granted], meta, created, ttl))
                : secrets.ServiceToken()),
            Accessor = batch ? "" : SecretSource.Accessor(),
            Path = path,
            Policies = granted,
            CreatedAt = created,
            CreationTtl = ttl,
            DisplayName = display,
            Type = batch ? "batch" : "service",
            Role = role?.Name,
            EntityId = orphan ? "" : caller.EntityId,
            Meta = meta,
            Parent = orphan ? null : caller,
            Orphan = orphan,
            Renewable = !batch && ttl > TimeSpan.Zero && (role?.Renewable ?? true) && (data.Flag("renewable") ?? true),
            Period = ownPeriod,
            ExplicitMaxTtl = ownMax,
            NumUses = uses,
            UsesLeft = uses,
            BoundCidrs = role is not null ? CidrBlocks.Parse(role.BoundCidrs) : orphan ? [] : caller.BoundCidrs,
            ExpiresAt = ttl == TimeSpan.Zero ? null : created + ttl,
        };
        tokens.Add(entry);
        return new VaultAnswer { Auth = TokenView.OfAuth(entry, ttl), Warnings = warnings };
    }

    private static bool IsBatch(RequestData data, TokenRole? role)
    {
        var type = data.Text("type") ?? "";
        type = role?.Type switch
        {
            "service" or "batch" => role.Type,
            "default-batch" when type.Length == 0 => "batch",
            _ => type,
        };
        if (type is "" or "service") return false;
        if (type != "batch") throw new VaultRefusal(400, "invalid 'token_type' value");
        var unfit = Life(data, "explicit_max_ttl") > TimeSpan.Zero ? "explicit_max_ttl"
            : (data.Number("num_uses") ?? 0) != 0 ? "num_uses"
            : Life(data, "period") > TimeSpan.Zero ? "period"
            : null;
        return unfit is null ? true : throw new VaultRefusal(400, $"batch tokens cannot have \"{unfit}\" set");
    }

    /// <summary>The smaller of the request's and the role's limit; zero means without limit.</summary>
    private static int Uses(RequestData data, TokenRole? role)
    {
        var asked = data.Number("num_uses") ?? 0;
        if (asked < 0) throw new VaultRefusal(400, "number of uses cannot be negative");
        return role is not { NumUses: > 0 } ? asked : asked == 0 ? role.NumUses : Math.Min(asked, role.NumUses);
    }

    private IReadOnlyList<string> PoliciesOf(RequestData data, TokenEntry caller, TokenRole? role, bool sudo)
    {
        var asked = data.Texts("policies") ?? [];
        var withDefault = !(data.Flag("no_default_policy") ?? false);
        IEnumerable<string> granted;
        if (role is { AllowedPolicies.Count: > 0 } or { DisallowedPolicies.Count: > 0 }) granted = OfRole(asked, caller, role, withDefault);
        else if (asked.Count == 0) granted = caller.Policies;
        else if (sudo) granted = withDefault ? asked.Append("default") : asked;
        else if (asked.Except(caller.Policies).Any()) throw new VaultRefusal(400, "child policies must be subset of parent");
        else granted = withDefault && caller.Policies.Contains("default") ? asked.Append("default") : asked;
        var final = withDefault ? granted : granted.Where(policy => policy != "default");
        string[] sorted = [.. final.Select(policy => policy.ToLowerInvariant()).Distinct().Order(StringComparer.Ordinal)];
        if (sorted.Contains("response-wrapping")) throw new VaultRefusal(400, "cannot assign policy \"response-wrapping\"");
        if (!sorted.Contains("root")) return sorted;
        return caller.Policies.Contains("root") ? ["root"] : throw new VaultRefusal(400, "root tokens may not be created without parent token being root");
    }

    private static IReadOnlyList<string> OfRole(IReadOnlyList<string> asked, TokenEntry caller, TokenRole role, bool withDefault)
    {
        string[] added = withDefault && !role.DisallowedPolicies.Contains("default") ? ["default"] : [];
        string[] wanted = asked.Count > 0 ? [.. asked.Union(added)] : [];
        if (role.AllowedPolicies.Count > 0)
        {
            string[] allowed = [.. role.AllowedPolicies.Union(added)];
            if (wanted.Length == 0) wanted = allowed;
            else if (wanted.Except(allowed).Any())
                throw new VaultRefusal(400, $"token policies ({Quoted(wanted)}) must be subset of the role's allowed policies ({Quoted(allowed)})");
        }
        else if (wanted.Length == 0)
        {
            wanted = [.. caller.Policies.Union(added)];
        }

        return wanted.Intersect(role.DisallowedPolicies).FirstOrDefault() is { } disallowed
            ? throw new VaultRefusal(400, $"token policy \"{disallowed}\" is disallowed by this role")
            : wanted;
    }

    private static TimeSpan Ttl(
        TokenRole? role, IReadOnlyList<string> granted, TimeSpan asked, TimeSpan ownPeriod, TimeSpan ownMax, DateTimeOffset now, List<string> warnings)
    {
        var max = LeaseTtl.Least(ownMax, role?.ExplicitMaxTtl ?? TimeSpan.Zero);
        var period = LeaseTtl.Least(ownPeriod, role?.Period ?? TimeSpan.Zero);
        if (role?.ExplicitMaxTtl > TimeSpan.Zero && ownMax > TimeSpan.Zero)
            warnings.Add($"Explicit max TTL specified both during creation call and in role; using the lesser value of {Json.Seconds(max)} seconds");
        if (role?.Period > TimeSpan.Zero && ownPeriod > TimeSpan.Zero)
            warnings.Add($"Period specified both during creation call and in role; using the lesser value of {Json.Seconds(period)} seconds");
        // A root token expires only when the request asks for it.
        return granted is ["root"] && period + asked == TimeSpan.Zero
            ? max
            : LeaseTtl.Of(TimeSpan.Zero, asked, period, TimeSpan.Zero, max, now, now, warnings);
    }

    private static TimeSpan Life(RequestData data, string name)
    {
        if (data.Text(name) is not { Length: > 0 } text) return TimeSpan.Zero;
        if (!RequestData.TryParseSpan(text, out var span, out var error)) throw new VaultRefusal(400, error!);
        return span >= TimeSpan.Zero ? span : throw new VaultRefusal(400, $"{name} must be positive");
    }

    private static string DisplayName(RequestData data) => data.Text("display_name") is { Length: > 0 } name
        ? Unnamable().Replace($"token-{name}", "-") is ['t', .., '-'] full ? full[..^1] : Unnamable().Replace($"token-{name}", "-")
        : "token";

    private string? Named(RequestData data)
    {
        if (data.Text("id") is not { Length: > 0 } wanted) return null;
        if (wanted.StartsWith("s.", StringComparison.Ordinal)) throw new VaultRefusal(400, "custom token ID cannot have the 's.' prefix");
        if (wanted.Contains('.')) throw new VaultRefusal(400, "custom token ID cannot have a '.' in the value");
        return tokens.Find(wanted) is null ? secrets.Remember(wanted) : throw new VaultRefusal(400, "cannot create a token with a duplicate ID");
    }

    private static string Quoted(IEnumerable<string> names) => $"[{string.Join(" ", names.Select(name => $"\"{name}\""))}]";

    [GeneratedRegex("[^a-zA-Z0-9-]")]
    private static partial Regex Unnamable();
}
