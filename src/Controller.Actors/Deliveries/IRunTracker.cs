namespace AkkaVault.Controller.Deliveries;

/// <summary>Gets the state of each run of this node, for people who ask. Never blocks, never fails.</summary>
internal interface IRunTracker
{
    /// <summary>A delivery has changed.</summary>
    void Updated(Delivery delivery);

    /// <summary>A pod actor has finished a run.</summary>
    void Finished(RunId run);

    /// <summary>A pod actor has stopped before it finished a run.</summary>
    void Unassigned(RunId run);
}
