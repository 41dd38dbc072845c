namespace AkkaVault.Controller.Vault.Renewal;

/// <summary>A Vault token that no text shows by mistake.</summary>
/// <param name="Value">The token. A secret.</param>
internal sealed record VaultTokenValue(string Value)
{
    /// <summary>Without the token.</summary>
    public override string ToString() => "(a Vault token)";
}
