namespace AkkaVault.Shared.Vault;

/// <summary>Of what a call to Vault failed, for programs: <see cref="Exception.Message"/> is for people.</summary>
public enum VaultCause
{
    /// <summary>Vault's answer is not what it was asked for, or the request could not be sent.</summary>
    Other,

    /// <summary>Vault answered with an error: <see cref="VaultException.Status"/> says which.</summary>
    Status,

    /// <summary>Somebody else than Vault answered: a load balancer, a proxy, a web page.</summary>
    NotVault,

    /// <summary>There is no connection to Vault.</summary>
    Unreachable,

    /// <summary>Vault's certificate is not trusted.</summary>
    Untrusted,

    /// <summary>Vault did not answer in time.</summary>
    NoAnswer,

    /// <summary>The token that the call was made with is none any more, or that could not be ruled out.</summary>
    TokenLost,
}
