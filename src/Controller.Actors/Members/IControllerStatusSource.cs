namespace AkkaVault.Controller.Members;

/// <summary>What this member says of itself.</summary>
internal interface IControllerStatusSource
{
    /// <summary>What it says now.</summary>
    /// <param name="node">Its address in the cluster.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<ControllerStatus> ReadAsync(string node, CancellationToken cancellation);
}
