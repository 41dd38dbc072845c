namespace AkkaVault.Sandbox.Vault;

/// <summary>A secrets engine at one mount.</summary>
internal interface ISecretsEngine
{
    /// <summary>Vault's name for it, such as <c>kv</c>.</summary>
    string Type { get; }

    /// <summary>The mount's options, such as KV's version; null: it has none.</summary>
    IReadOnlyDictionary<string, string>? Options => null;

    /// <summary>Whether a path below the mount is answered without a token.</summary>
    bool IsOpen(VaultRequest request, ReadOnlySpan<string> rest) => false;

    /// <summary>Whether a path below the mount needs the capability <c>sudo</c>.</summary>
    bool NeedsSudo(ReadOnlySpan<string> rest) => false;

    /// <summary>Whether what is written to exists; null: the engine cannot say, and every write is an update.</summary>
    bool? Exists(ReadOnlySpan<string> rest) => null;

    /// <summary>Answers a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="rest">The segments below the mount.</param>
    /// <param name="caller">The token that asks; null where <see cref="IsOpen"/> lets it in without one.</param>
    VaultAnswer Handle(VaultRequest request, ReadOnlySpan<string> rest, TokenEntry? caller);
}
