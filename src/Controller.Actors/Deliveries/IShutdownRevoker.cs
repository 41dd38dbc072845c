namespace AkkaVault.Controller.Deliveries;

/// <summary>Revokes the wrapping tokens of pod actors that stop, if the process ends as well.</summary>
internal interface IShutdownRevoker
{
    /// <summary>A pod actor stops, and these tokens may be alive and undelivered.</summary>
    void Add(IEnumerable<PendingRevocation> wraps);
}
