using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Vault;

/// <summary>An answer of Vault, before it is written to the wire.</summary>
internal sealed class VaultAnswer
{
    public int Status { get; init; } = 200;

    public string ContentType { get; init; } = "application/json";

    /// <summary>The whole body, when the answer has no envelope (health, errors).</summary>
    public JsonObject? Plain { get; init; }

    /// <summary>The whole body, when it is not JSON (certificates).</summary>
    public byte[]? Raw { get; init; }

    public JsonObject? Data { get; init; }

    /// <summary>
    /// Whether the fields of <see cref="Data"/> are repeated beside it. Vault
    /// does so below <c>sys/</c>, for clients that are older than the envelope.
    /// </summary>
    public bool IsDataRepeated { get; init; }

    public JsonObject? Auth { get; init; }

    /// <summary>The lease of the secret in <see cref="Data"/>; empty: it has none.</summary>
    public string LeaseId { get; init; } = "";

    public TimeSpan LeaseDuration { get; init; }

    public bool Renewable { get; init; }

    public JsonObject? WrapInfo { get; init; }

    public IReadOnlyList<string> Warnings { get; init; } = [];

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The AppRole and the metadata of a secret_id in <see cref="Data"/>.</summary>
    public (string Role, IReadOnlyDictionary<string, string> Metadata)? SecretId { get; init; }

    public bool Wrappable => Status == 200 && (Data ?? Auth) is not null;

    public static VaultAnswer NoContent { get; } = new() { Status = 204 };

    public static VaultAnswer OfData(JsonObject data) => new() { Data = data };

    public static VaultAnswer OfAuth(JsonObject auth) => new() { Auth = auth };

    public static VaultAnswer Keys(IEnumerable<string> keys)
    {
        var list = keys.Select(key => (JsonNode?)JsonValue.Create(key)).ToArray();
        return list.Length == 0 ? throw VaultRefusal.NotFound : OfData(new JsonObject { ["keys"] = new JsonArray(list) });
    }

    public static VaultAnswer Errors(int status, IEnumerable<string> errors) =>
        new() { Status = status, Plain = new JsonObject { ["errors"] = Json.List(errors) } };
}
