namespace AkkaVault.Sandbox.Vault;

/// <summary>A secrets engine at one mount.</summary>
internal interface ISecretsEngine
{
    /// <summary>Vault's name for the engine, such as <c>kv</c>.</summary>
    string Type { get; }

    /// <summary>The mount's options, such as KV's version; null: the mount has none.</summary>
    IReadOnlyDictionary<string, string>? Options => null;

    /// <summary>Whether a path below the mount is answered without a token.</summary>
    bool IsOpen(VaultRequest request, ReadOnlySpan<string> rest) => false;

    /// <summary>Whether a path below the mount needs the capability <c>sudo</c>.</summary>
    bool NeedsSudo(ReadOnlySpan<string> rest) => false;

    /// <summary>Whether the object at a path exists; null: the engine cannot say, and every write is an update.</summary>
    bool? Exists(ReadOnlySpan<string> rest) => null;

    /// <summary>Answers a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="rest">The segments below the mount.</param>
    /// <param name="caller">The token of the request; null where <see cref="IsOpen"/> allows the path without a token.</param>
    VaultAnswer Handle(VaultRequest request, ReadOnlySpan<string> rest, TokenEntry? caller);
}
