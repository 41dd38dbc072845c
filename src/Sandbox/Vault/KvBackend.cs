using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Vault;

/// <summary>A mount of the KV secrets engine, version 1: what was written is read back as it is.</summary>
internal sealed class KvBackend : ISecretsEngine
{
    private readonly ConcurrentDictionary<string, string> secrets = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Type => "kv";

    /// <inheritdoc/>
    public bool? Exists(ReadOnlySpan<string> rest) => secrets.ContainsKey(string.Join('/', rest!));

    /// <inheritdoc/>
    public VaultAnswer Handle(VaultRequest request, ReadOnlySpan<string> rest, TokenEntry? caller)
    {
        var name = string.Join('/', rest!);
        if (request.Lists) return VaultAnswer.Keys(KvNames.Below(secrets.Keys, name));
        if (name.Length == 0) throw VaultRefusal.UnsupportedOperation;
        if (request.Reads)
        {
            return secrets.TryGetValue(name, out var text)
                ? new VaultAnswer { Data = JsonNode.Parse(text)!.AsObject(), LeaseDuration = TokenBackend.SystemMaxTtl }
                : throw VaultRefusal.NotFound;
        }

        if (request.Deletes) secrets.TryRemove(name, out _);
        else if (request.Data.Whole is { Count: > 0 } data) secrets[name] = data.ToJsonString();
        else throw new VaultRefusal(400, "missing data fields");
        return VaultAnswer.NoContent;
    }
}

/// <summary>The names of secrets as a list shows them.</summary>
internal static class KvNames
{
    /// <summary>The names directly below a folder. The name of a folder ends in a slash.</summary>
    public static IEnumerable<string> Below(IEnumerable<string> names, string folder)
    {
        var prefix = folder.Length == 0 ? "" : folder + "/";
        return names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Select(name => name[prefix.Length..])
            .Select(name => name.IndexOf('/') is >= 0 and var slash ? name[..(slash + 1)] : name)
            .Distinct()
            .Order(StringComparer.Ordinal);
    }
}
