using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Deliveries;

/// <summary>Makes known how a delivery goes: in the log, in events on the pod, and in metrics.</summary>
internal sealed class DeliveryNotifications(PodActorServices services)
{
    /// <param name="target">The run's target now; a wrapping token may have been for an earlier one.</param>
    /// <param name="isRedelivery">Whether the run has a secret, and asked for another one.</param>
    /// <param name="notification">What is to be known.</param>
    public void Perform(DeliveryTarget target, bool isRedelivery, DeliveryEffect.Notification notification)
    {
        switch (notification)
        {
            case DeliveryEffect.Warn warn when isRedelivery:
                WarnOfRedelivery(target, warn.Problem);
                break;
            case DeliveryEffect.Warn warn:
                Warn(target, warn);
                break;
            case DeliveryEffect.WarnTokenUsed used:
                services.Log.WrappingTokenUsed(used.Target.Namespace, used.Target.Name, used.Target.Role);
                services.Events.Tell(used.Target, PodEventReason.VaultWrappingTokenUsed, "The wrapping token was used by somebody else before the pod could unwrap it. This may be theft.");
                services.Observer.WrappingTokenFoundUsed(used.Target);
                break;
            case DeliveryEffect.WarnTokenAlive alive:
                services.Log.WrappingTokenAlive(alive.Target.Namespace, alive.Target.Name, alive.Target.Role);
                break;
            case DeliveryEffect.WarnTokenDead dead:
                services.Log.WrappingTokenDead(dead.Target.Namespace, dead.Target.Name, dead.Target.Role);
                break;
            case DeliveryEffect.CountPushFailure failure:
                services.Log.LogDebug("{Pod}: push not accepted: {Code}", target.Pod, failure.Code);
                services.Observer.PushFailed(target, failure.Code);
                break;
            case DeliveryEffect.CountDelivered delivered:
                // The watcher that saw the run may be on another node, whose clock is ahead.
                services.Log.Delivered(target.Namespace, target.Name, target.Role, Math.Max(0, (long)delivered.SinceSeen.TotalMilliseconds), delivered.Pushes);
                services.Events.Tell(target, PodEventReason.VaultSecretDelivered, delivered.IsRedelivery ? "The sidecar has another secret" : "The init container has its secret");
                services.Observer.Delivered(target, delivered.SinceStart, delivered.SinceSeen, delivered.IsRedelivery);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(notification), notification.GetType().Name, "not a notification");
        }
    }

    private void WarnOfRedelivery(DeliveryTarget target, DeliveryProblem problem)
    {
        var (text, advice) = (problem.Text.TrimEnd('.'), ProblemAdvice.For(problem.Code, target.Role));
        services.Log.NotRedelivered(target.Namespace, target.Name, target.Role, text, problem.Code, advice);
        services.Events.Tell(target, PodEventReason.VaultRedeliveryFailed, $"The sidecar has a secret, and has not got the other one that it asked for: {text}. {advice}");
    }

    private void Warn(DeliveryTarget target, DeliveryEffect.Warn warn)
    {
        var problem = warn.Problem.Text.TrimEnd('.');
        var advice = ProblemAdvice.For(warn.Problem.Code, target.Role);
        if (warn.Overdue) services.Log.Overdue(target.Namespace, target.Name, target.Role, problem, warn.Problem.Code, advice);
        else services.Log.NotDelivered(target.Namespace, target.Name, target.Role, warn.Problem.Text);
        services.Events.Tell(target, PodEventReason.VaultSecretFailed, $"{problem}. {advice}");
    }
}
