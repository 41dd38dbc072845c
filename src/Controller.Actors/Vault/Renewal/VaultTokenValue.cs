namespace AkkaVault.Controller.Vault.Renewal;

/// <summary>A Vault token, such that it does not end up in a text by mistake.</summary>
/// <param name="Value">The token. A secret.</param>
public sealed record VaultTokenValue(string Value)
{
    /// <summary>Without the token.</summary>
    public override string ToString() => "(a Vault token)";
}
