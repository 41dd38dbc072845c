namespace AkkaVault.Controller.Deliveries;

/// <summary>What a delivery wants done.</summary>
internal abstract record DeliveryEffect
{
    private DeliveryEffect()
    {
    }

    /// <summary>
    /// Ask Vault for a wrapped secret_id. Answer with <see cref="DeliveryInput.TokenIssued"/>, <see cref="DeliveryInput.IssueFailed"/>
    /// or, if it was cancelled before Vault was asked, <see cref="DeliveryInput.IssueCancelled"/>.
    /// </summary>
    public sealed record Issue(int Operation, DeliveryTarget Target) : DeliveryEffect;

    /// <summary>Cancel an issue request if Vault has not been asked yet. The request is answered all the same.</summary>
    public sealed record CancelIssue(int Operation) : DeliveryEffect;

    /// <summary>Push the token to the init container. Answer with <see cref="DeliveryInput.PushEnded"/>.</summary>
    /// <param name="Operation">Its number.</param>
    /// <param name="Target">The init container.</param>
    /// <param name="Issued">The wrapping token.</param>
    /// <param name="Stalled">See <see cref="Delivery.Stalled"/>.</param>
    public sealed record Push(int Operation, DeliveryTarget Target, IssuedToken Issued, bool Stalled) : DeliveryEffect;

    /// <summary>Cancel the push that is under way.</summary>
    public sealed record CancelPush : DeliveryEffect;

    /// <summary>Revoke a wrapping token. Answer with <see cref="DeliveryInput.Revoked"/> or <see cref="DeliveryInput.RevokeFailed"/>.</summary>
    public sealed record Revoke(string Accessor) : DeliveryEffect;

    /// <summary>Answer with <see cref="DeliveryInput.RetryDue"/> after the delay.</summary>
    public sealed record ScheduleRetry(int Operation, TimeSpan Delay) : DeliveryEffect;

    /// <summary>Answer with <see cref="DeliveryInput.RevokeRetryDue"/> after the delay.</summary>
    public sealed record ScheduleRevokeRetry(string Accessor, TimeSpan Delay) : DeliveryEffect;

    /// <summary>Answer with <see cref="DeliveryInput.OverdueCheckDue"/> after the delay. A check that was scheduled before is replaced.</summary>
    public sealed record ScheduleOverdueCheck(int Operation, TimeSpan Delay) : DeliveryEffect;

    /// <summary>Report to the watcher.</summary>
    public sealed record Report(IRunReport Message) : DeliveryEffect;

    /// <summary>Nothing is left to do: forget the delivery.</summary>
    public sealed record Finish : DeliveryEffect;

    /// <summary>What people are to know: in the log, in events on the pod, or in metrics.</summary>
    public abstract record Notification : DeliveryEffect
    {
        private protected Notification()
        {
        }
    }

    /// <summary>A person should know what keeps the run from its secret; once for a run and a problem.</summary>
    /// <param name="Problem">What keeps it.</param>
    /// <param name="Overdue">Whether the warning comes because the problem has lasted, though it may pass by itself.</param>
    public sealed record Warn(DeliveryProblem Problem, bool Overdue) : Notification;

    /// <summary>Somebody else used a wrapping token.</summary>
    public sealed record WarnTokenUsed(DeliveryTarget Target, string Accessor) : Notification;

    /// <summary>The pod says that a wrapping token is dead, and Vault says that it was alive.</summary>
    public sealed record WarnTokenAlive(DeliveryTarget Target) : Notification;

    /// <summary>A wrapping token was dead before its time, and this controller cannot find out why; see <see cref="SuspectedTheft"/>.</summary>
    public sealed record WarnTokenDead(DeliveryTarget Target) : Notification;

    /// <summary>A push was not accepted.</summary>
    /// <param name="Code">See <see cref="ProblemCode"/>.</param>
    public sealed record CountPushFailure(string Code) : Notification;

    /// <summary>The run has its secret.</summary>
    /// <param name="SinceStart">How long ago the init container started, by its kubelet's clock; of a redelivery, how long ago it was due.</param>
    /// <param name="SinceSeen">How long ago the watcher first saw the run; of a redelivery, how long ago it was due.</param>
    /// <param name="Pushes">How many pushes it took.</param>
    /// <param name="IsRedelivery">Whether the run had a secret, and asked for another one.</param>
    public sealed record CountDelivered(TimeSpan SinceStart, TimeSpan SinceSeen, int Pushes, bool IsRedelivery) : Notification;
}
