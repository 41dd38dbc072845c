using System.Diagnostics.CodeAnalysis;

namespace AkkaVault.Shared.Vault;

/// <summary>Vault's base address, as people write it and as pushes carry it: one rule for all who read it.</summary>
public static class VaultAddress
{
    /// <summary>Reads an absolute http or https URL.</summary>
    /// <param name="text">As it is used afterwards. .NET's parser takes white space around a URL, and no path can be added behind it.</param>
    /// <param name="address">With a slash at its end: paths can be resolved against it, and two of them be compared.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Uri? address)
    {
        address = null;
        if (text is null || SettingText.HasBlank(text)) return false;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var written) || written.Scheme is not ("http" or "https")) return false;
        return Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out address);
    }
}
