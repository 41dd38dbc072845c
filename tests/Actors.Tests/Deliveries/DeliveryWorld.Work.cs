using AkkaVault.Controller.Deliveries;
using AkkaVault.Shared.Push;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Actors.Tests.Deliveries;

/// <summary>Vault and init containers: the results of the pod actors' operations.</summary>
internal sealed partial class DeliveryWorld
{
    /// <summary>Cancels a request for a token, unless Vault has received it already.</summary>
    private void CancelIssue(PodActor actor, int operation)
    {
        if (_random.Next(2) == 0) return;
        var at = actor.Work.FindIndex(work => work is DeliveryEffect.Issue issue && issue.Operation == operation);
        if (at < 0) Violations.Add($"{actor.Run}: an issue that is not under way is cancelled");
        else actor.Work[at] = new DeliveryEffect.Issue(operation, CancelledTarget);
    }

    /// <summary>Ends one operation that is under way: with success (kinds 0 and 1), or with a failure.</summary>
    private void DoWork(int kind)
    {
        var busy = Busy.ToList();
        if (busy.Count > 0) DoWork(busy[_random.Next(busy.Count)], kind);
    }

    private void DoWork(PodActor actor, int kind) => DoWork(actor, _random.Next(actor.Work.Count), kind);

    private void DoWork(PodActor actor, int at, int kind)
    {
        var effect = actor.Work[at];
        actor.Work.RemoveAt(at);
        switch (effect)
        {
            case DeliveryEffect.Issue issue when ReferenceEquals(issue.Target, CancelledTarget):
                Give(actor, new DeliveryInput.IssueCancelled(issue.Operation));
                break;
            case DeliveryEffect.Issue issue when kind <= 2:
                var wrap = new Wrap($"accessor-{_wraps.Count}", _now + Ttl);
                _wraps.Add(wrap.Accessor, wrap);
                Give(actor, new DeliveryInput.TokenIssued(issue.Operation, new IssuedToken(new WrappingToken("s." + wrap.Accessor, wrap.Accessor, Ttl, _now, "auth/approle/role/sample-app/secret-id"), wrap.Expires)));
                break;
            case DeliveryEffect.Issue issue:
                Give(actor, new DeliveryInput.IssueFailed(issue.Operation, (VaultFailure)_random.Next(4), null, new DeliveryProblem($"vault-{_random.Next(400, 403)}", "refused")));
                break;
            case DeliveryEffect.Push push:
                Give(actor, new DeliveryInput.PushEnded(push.Operation, Push(actor.Run, push, kind)));
                break;
            case DeliveryEffect.ScheduleRetry wait:
                _now += kind == 0 ? wait.Delay : TimeSpan.Zero;
                Give(actor, new DeliveryInput.RetryDue(wait.Operation));
                break;
            case DeliveryEffect.ScheduleOverdueCheck wait:
                Give(actor, new DeliveryInput.OverdueCheckDue(wait.Operation));
                break;
            case DeliveryEffect.ScheduleRevokeRetry wait:
                Give(actor, new DeliveryInput.RevokeRetryDue(wait.Accessor));
                break;
            case DeliveryEffect.Revoke revoke when kind <= 2:
                // Sometimes the result is unknown: the token has expired meanwhile, or the right is missing.
                Give(actor, new DeliveryInput.Revoked(revoke.Accessor, Revoke(revoke.Accessor) is var wasAlive && _random.Next(8) == 0 ? null : wasAlive));
                break;
            case DeliveryEffect.Revoke revoke:
                // Vault may have revoked the token although the answer was lost.
                if (_random.Next(2) == 0) Revoke(revoke.Accessor);
                Give(actor, new DeliveryInput.RevokeFailed(revoke.Accessor));
                break;
        }
    }

    private bool Revoke(string accessor)
    {
        if (!_wraps.TryGetValue(accessor, out var wrap)) return false;
        var wasAlive = wrap.Alive && wrap.Expires > _now;
        wrap.Alive = false;
        return wasAlive;
    }

    private PushOutcome Push(RunId run, DeliveryEffect.Push push, int kind)
    {
        var listening = _pods.TryGetValue(run.Uid, out var pod) && pod.Running && pod.Run == run && (pod.IsSidecar || !pod.Served.ContainsKey(run));
        if (!listening) return new PushOutcome.NotListening("refused");
        if (pod!.Served.ContainsKey(run) && !pod.TakesAnother(_now))
            return kind == 5 ? new PushOutcome.NoAnswer("reset") : new PushOutcome.Rejected(409, PushRejection.AlreadyServed, "", pod.WantsAt - _now);
        switch (kind)
        {
            case <= 2:
                var wrap = _wraps[push.Issued.Token.Accessor];
                if (!wrap.Alive || wrap.Expires <= _now) return new PushOutcome.Rejected(409, PushRejection.WrappingTokenInvalid);
                wrap.Alive = false;
                if (pod.Served.ContainsKey(run)) Redeliveries++;
                pod.Served[run] = pod.Served.GetValueOrDefault(run) + 1;
                _served.Add(run);
                pod.WantsAt = pod.IsSidecar && !_isEnding && _random.Next(4) > 0 ? _now + pod.Interval : null;
                // The pod is served, and the answer is lost.
                return kind == 2 ? new PushOutcome.NoAnswer("reset") : new PushOutcome.Succeeded(pod.WantsAt - _now);
            case 3 when _random.Next(4) == 0:
                // The pod asks another Vault, or another program answers on its port. The token is alive although the answer says the opposite.
                return new PushOutcome.Rejected(409, PushRejection.WrappingTokenInvalid);
            case 3:
                return new PushOutcome.Rejected(503, PushRejection.VaultUnavailable);
            case 4:
                _wraps[push.Issued.Token.Accessor].Alive = false;
                return new PushOutcome.Rejected(502, PushRejection.LoginFailed);
            default:
                // The init container has just started, or it hangs.
                return _random.Next(3) > 0 ? new PushOutcome.NotListening("refused") : new PushOutcome.NoAnswer("timeout");
        }
    }
}
