using System.Net;
using System.Text.Json;

namespace AkkaVault.Sandbox.Vault;

/// <summary>One request to the simulated Vault, as a fault hook receives it. It shows no secret.</summary>
public sealed class VaultRequest
{
    /// <summary>The HTTP method; <c>LIST</c> also for a GET with <c>?list=true</c>.</summary>
    public required string Method { get; init; }

    /// <summary>The path below <c>/v1/</c>, without the namespace, for example <c>auth/approle/login</c>.</summary>
    public required string Path { get; init; }

    /// <summary>The requested namespace, without slashes at its ends; null: none.</summary>
    public string? Namespace { get; init; }

    /// <summary>The client's address.</summary>
    public required IPAddress RemoteAddress { get; init; }

    /// <summary>The <c>X-Vault-Wrap-TTL</c> header; null when the request has none.</summary>
    public string? WrapTtl { get; init; }

    /// <summary>The accessor of the request's token; null when the request has no token or Vault does not know it.</summary>
    public string? TokenAccessor { get; init; }

    internal string? Token { get; init; }

    /// <summary>Whether the path ended in a slash. <see cref="Path"/> has none.</summary>
    internal bool EndsInSlash { get; init; }

    /// <summary>Whether the request is for another namespace than the one that contains everything.</summary>
    internal bool Outside { get; init; }

    internal ReadOnlyMemory<byte> Body { get; init; }

    internal string[] Segments => field ??= Path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    internal bool Reads => Method is "GET" or "HEAD";

    internal bool Writes => Method is "PUT" or "POST";

    internal bool Lists => Method == "LIST";

    internal bool Deletes => Method == "DELETE";

    internal RequestData Data { get; private set; } = RequestData.Empty;

    /// <summary>Parses the body. A body that is not a JSON object is rejected as Vault rejects it.</summary>
    internal void ParseBody()
    {
        if (!Writes || Body.IsEmpty) return;
        try
        {
            using var document = JsonDocument.Parse(Body);
            Data = document.RootElement.ValueKind switch
            {
                JsonValueKind.Object => new RequestData(document.RootElement.Clone()),
                JsonValueKind.Null => RequestData.Empty,
                _ => throw new VaultRefusal(400, "error parsing JSON"),
            };
        }
        catch (JsonException)
        {
            throw new VaultRefusal(400, "error parsing JSON");
        }
    }

    /// <summary>The method and the path.</summary>
    public override string ToString() => $"{Method} {Path}";
}
