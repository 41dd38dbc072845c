namespace AkkaVault.Controller.Deliveries;

/// <summary>Is told where the runs of this node stand, for people who ask. Never blocks, never fails.</summary>
public interface IRunTracker
{
    /// <summary>A pod actor has taken a step.</summary>
    void Updated(Delivery delivery);

    /// <summary>A pod actor is done with a run.</summary>
    void Finished(RunId run);

    /// <summary>A pod actor has stopped before it was done with a run.</summary>
    void Unassigned(RunId run);
}
