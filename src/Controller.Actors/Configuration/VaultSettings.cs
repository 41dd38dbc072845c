namespace AkkaVault.Controller.Configuration;

/// <summary>The <c>vault</c> section.</summary>
/// <param name="Address">Base address; goes to the pods as <paramref name="AddressAsWritten"/>.</param>
/// <param name="AddressAsWritten">As in the file.</param>
/// <param name="Token">The controller's token. A secret.</param>
/// <param name="SkipTokenRoleNameValidation">Whether the token's role is left unchecked.</param>
/// <param name="CaCertFile">PEM bundle that Vault's certificate must chain to; null: the system's roots.</param>
/// <param name="WrappingTtl">Lifetime of wrapping tokens.</param>
public sealed record VaultSettings(
    Uri Address, string AddressAsWritten, string Token, bool SkipTokenRoleNameValidation, string? CaCertFile, TimeSpan WrappingTtl)
{
    /// <summary>Without the token.</summary>
    public override string ToString() => $"VaultSettings {{ Address = {Address}, WrappingTtl = {WrappingTtl} }}";
}
