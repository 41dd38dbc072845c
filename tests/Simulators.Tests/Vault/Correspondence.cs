using System.Text.Json;
using System.Text.Json.Nodes;

namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>
/// Maps recorded values to our values: tokens, accessors, ids and certificates. It learns the pairs
/// from the fields of each answer, and applies them to all later requests and expected answers.
/// </summary>
internal sealed class Correspondence
{
    /// <summary>The fields whose values Vault generates.</summary>
    private static readonly HashSet<string> MadeUp =
    [
        "client_token", "accessor", "id", "token", "entity_id", "role_id", "secret_id", "secret_id_accessor", "cluster_name",
        "cluster_id", "certificate", "issuing_ca", "csr", "private_key", "serial_number", "ca_chain",
    ];

    private readonly Dictionary<string, string> ours = new(StringComparer.Ordinal);
    private readonly HashSet<string> paired = new(StringComparer.Ordinal);

    public static bool IsMadeUp(string field) => MadeUp.Contains(field);

    /// <summary>
    /// The text that corresponds to a recorded text. A text that was not generated
    /// corresponds to itself. A text may also contain generated parts, as error messages do.
    /// </summary>
    public string Of(string recorded)
    {
        if (ours.TryGetValue(recorded, out var own)) return own;
        foreach (var (theirs, mine) in ours)
        {
            // Short texts are not identifiers, and could be part of any text.
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

    /// <summary>Learns a pair. False when one of both already has another partner: an identity was lost, or two became one.</summary>
    public bool Learn(string recorded, string own)
    {
        if (recorded.Length == 0) return own.Length == 0;
        if (ours.TryGetValue(recorded, out var known)) return known == own;
        return paired.Add(own) && ours.TryAdd(recorded, own);
    }
}
