namespace AkkaVault.Shared.Vault;

/// <summary>Why a call to Vault failed, for programs; <see cref="Exception.Message"/> is for people.</summary>
public enum VaultCause
{
    /// <summary>Vault's answer lacks what was asked for, or the request could not be sent.</summary>
    Other,

    /// <summary>Vault answered with an error. <see cref="VaultException.Status"/> says which one.</summary>
    Status,

    /// <summary>Another server answered in Vault's place: a load balancer, a proxy, a web server.</summary>
    NotVault,

    /// <summary>There is no connection to Vault.</summary>
    Unreachable,

    /// <summary>Vault's certificate is not trusted.</summary>
    Untrusted,

    /// <summary>Vault did not answer in time.</summary>
    NoAnswer,

    /// <summary>The token of the call is no longer valid, or that could not be ruled out.</summary>
    TokenLost,
}
