using AkkaVault.Shared.Vault;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Deliveries;

/// <summary>What a delivery asks of Vault and of init containers. Each operation ends with the input that says how it went, and never throws.</summary>
internal sealed class DeliveryOperations(PodActorServices services)
{
    /// <param name="issue">The request.</param>
    /// <param name="whileWaiting">Cancels the request while Vault has not been asked.</param>
    /// <param name="cancellation">Cancels it in any case.</param>
    public async Task<DeliveryInput> IssueAsync(DeliveryEffect.Issue issue, CancellationToken whileWaiting, CancellationToken cancellation)
    {
        try
        {
            return new DeliveryInput.TokenIssued(issue.Operation, await services.Issuer.IssueAsync(issue.Target, whileWaiting, cancellation).ConfigureAwait(false));
        }
        catch (VaultException e)
        {
            services.Log.LogDebug("{Pod}: no secret_id: {Problem}", issue.Target.Pod, e.Message);
            return new DeliveryInput.IssueFailed(issue.Operation, e.Failure, e.RetryAfter, DeliveryProblem.Of(e));
        }
        catch (OperationCanceledException) when (whileWaiting.IsCancellationRequested)
        {
            return new DeliveryInput.IssueCancelled(issue.Operation);
        }
        catch (Exception e)
        {
            return new DeliveryInput.IssueFailed(issue.Operation, VaultFailure.Transient, null, new DeliveryProblem(ProblemCode.Unforeseen, Unforeseen(e)));
        }
    }

    public async Task<DeliveryInput> PushAsync(DeliveryEffect.Push push, CancellationToken cancellation)
    {
        services.Observer.PushStarted(push.Target);
        try
        {
            return new DeliveryInput.PushEnded(push.Operation, await services.Pusher.PushAsync(push.Target, push.Issued, push.Stalled, cancellation).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            return new DeliveryInput.PushEnded(push.Operation, new PushOutcome.NoAnswer("cancelled"));
        }
        catch (Exception e)
        {
            return new DeliveryInput.PushEnded(push.Operation, new PushOutcome.NoAnswer(Unforeseen(e), ProblemCode.Unforeseen));
        }
    }

    public async Task<DeliveryInput> RevokeAsync(DeliveryEffect.Revoke revoke, CancellationToken cancellation)
    {
        try
        {
            return new DeliveryInput.Revoked(revoke.Accessor, await services.Issuer.RevokeAsync(revoke.Accessor, cancellation).ConfigureAwait(false));
        }
        catch (VaultException e) when (e.Failure == VaultFailure.Permanent)
        {
            // The controller lacks the right, which the issuer logs once for the node. The token expires by itself.
            return new DeliveryInput.Revoked(revoke.Accessor, null);
        }
        catch (Exception e)
        {
            services.Log.LogDebug("A wrapping token could not be revoked yet: {Problem}", e is VaultException ? e.Message : Unforeseen(e));
            return new DeliveryInput.RevokeFailed(revoke.Accessor);
        }
    }

    // Only the type: the message of an unforeseen exception may quote anything.
    private static string Unforeseen(Exception e) => $"unforeseen: {e.GetType().Name}";
}
