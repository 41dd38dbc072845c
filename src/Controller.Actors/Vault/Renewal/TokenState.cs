namespace AkkaVault.Controller.Vault.Renewal;

/// <summary>Whether the token is alive.</summary>
internal enum TokenState
{
    /// <summary>It is alive: a policy denies the call.</summary>
    Alive,

    /// <summary>It is dead.</summary>
    Lost,

    /// <summary>Vault did not say.</summary>
    Unknown,
}
