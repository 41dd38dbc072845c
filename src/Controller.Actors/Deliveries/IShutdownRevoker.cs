namespace AkkaVault.Controller.Deliveries;

/// <summary>Takes what pod actors leave.</summary>
public interface IShutdownRevoker
{
    /// <summary>These may be alive and undelivered, and their actor stops: should the process end now, they are to be revoked.</summary>
    void Add(IEnumerable<PendingRevocation> wraps);
}
