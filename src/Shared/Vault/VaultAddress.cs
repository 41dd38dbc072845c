using System.Diagnostics.CodeAnalysis;

namespace AkkaVault.Shared.Vault;

/// <summary>Reads Vault's base address, by the same rule in settings and in pushes.</summary>
public static class VaultAddress
{
    /// <summary>Reads an absolute http or https URL.</summary>
    /// <param name="text">The address. It must have no white space: .NET's parser accepts white space at the ends, but no path can be appended to such a text.</param>
    /// <param name="address">The address with a slash at its end, so that paths can be resolved against it and addresses can be compared.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Uri? address)
    {
        address = null;
        if (text is null || SettingText.HasBlank(text)) return false;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var written) || written.Scheme is not ("http" or "https")) return false;
        return Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out address);
    }
}
