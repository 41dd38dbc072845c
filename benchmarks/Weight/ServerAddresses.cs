using AkkaVault.Shared.Vault;

namespace AkkaVault.Benchmarks.Weight;

/// <summary>How an API server and a Vault are reached: real ones that the user names, or simulated ones.</summary>
/// <param name="Kubeconfig">The path of the API server's kubeconfig. Its user may do everything.</param>
/// <param name="Vault">Vault's address.</param>
/// <param name="Token">The controllers' Vault token.</param>
/// <param name="Role">The AppRole of the pods.</param>
internal sealed record ServerAddresses(string Kubeconfig, Uri Vault, string Token, string Role)
{
    /// <summary>The variable with the controllers' Vault token.</summary>
    public const string TokenVariable = "VAULT_TOKEN";

    /// <summary>What the user named; null: nothing.</summary>
    /// <exception cref="InvalidOperationException">Something is missing, or is not as it must be.</exception>
    public static ServerAddresses? Read(string? kubeconfig, string? vault, string role)
    {
        if (kubeconfig is null && vault is null) return null;
        if (kubeconfig is null || vault is null) throw new InvalidOperationException("--kubeconfig and --vault-addr: expected both, or neither");
        if (!File.Exists(kubeconfig)) throw new InvalidOperationException($"--kubeconfig {kubeconfig}: there is no such file");
        if (!VaultAddress.TryParse(vault, out var address)) throw new InvalidOperationException($"--vault-addr {vault}: expected an absolute http or https URL");
        if (Environment.GetEnvironmentVariable(TokenVariable) is not { Length: > 0 } token)
            throw new InvalidOperationException($"{TokenVariable} is not set: expected a Vault token that may ask for secret_ids of the AppRole {role}");
        return new ServerAddresses(Path.GetFullPath(kubeconfig), address, token, role);
    }

    /// <summary>Leaves the token out.</summary>
    public override string ToString() => $"API server of {Kubeconfig}, Vault {Vault}";
}
