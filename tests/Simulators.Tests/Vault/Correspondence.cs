using System.Text.Json;
using System.Text.Json.Nodes;

namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>
/// Which of our values stands for which recorded one: tokens, accessors, ids, certificates. Learned from each answer at the
/// fields that hold them, applied to every later request and expectation.
/// </summary>
internal sealed class Correspondence
{
    /// <summary>Fields whose values a Vault makes up.</summary>
    private static readonly HashSet<string> MadeUp =
    [
        "client_token", "accessor", "id", "token", "entity_id", "role_id", "secret_id", "secret_id_accessor", "cluster_name",
        "cluster_id", "certificate", "issuing_ca", "csr", "private_key", "serial_number", "ca_chain",
    ];

    private readonly Dictionary<string, string> ours = new(StringComparer.Ordinal);
    private readonly HashSet<string> paired = new(StringComparer.Ordinal);

    public static bool IsMadeUp(string field) => MadeUp.Contains(field);

    /// <summary>What stands for a recorded text here; itself when it is not made up. A text may also contain made-up parts (error words).</summary>
    public string Of(string recorded)
    {
        if (ours.TryGetValue(recorded, out var own)) return own;
        foreach (var (theirs, mine) in ours)
        {
            // Short ones are no identifiers, and could be part of anything.
            if (theirs.Length >= 20) recorded = recorded.Replace(theirs, mine, StringComparison.Ordinal);
        }

        return recorded;
    }

    public JsonNode? Of(JsonNode? recorded) => recorded switch
    {
        JsonObject fields => new JsonObject(fields.Select(field => KeyValuePair.Create(field.Key, Of(field.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Of)]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => JsonValue.Create(Of((string)value!)),
        _ => recorded?.DeepClone(),
    };

    /// <summary>Learns one pair. False when either value is paired with another already: an identity got lost, or two became one.</summary>
    public bool Learn(string recorded, string own)
    {
        if (recorded.Length == 0) return own.Length == 0;
        if (ours.TryGetValue(recorded, out var known)) return known == own;
        return paired.Add(own) && ours.TryAdd(recorded, own);
    }
}
