using Akka.Actor;

namespace AkkaVault.Controller.Cluster.Reachability;

/// <summary>Tells the leader whether this controller reaches the API server, which it tries when it is asked.</summary>
internal sealed class ApiServerReachabilityActor : UntypedActor
{
    /// <summary>Its name: the same on every node.</summary>
    public const string Name = "reach";

    private readonly ApiServerProbe _probe;
    private readonly string _node = Akka.Cluster.Cluster.Get(Context.System).SelfAddress.ToString();
    private readonly CancellationTokenSource _stopped = new();

    public ApiServerReachabilityActor(ApiServerProbe probe) => _probe = probe;

    private sealed record Tried(IActorRef Asker, ApiServerReachability Answer);

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case GetApiServerReachability question:
                TryAsync(question, Sender).PipeTo(Self);
                break;
            case Tried tried:
                tried.Asker.Tell(tried.Answer);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private async Task<Tried> TryAsync(GetApiServerReachability question, IActorRef asker) =>
        new(asker, new ApiServerReachability(question.Round, _node, await _probe.TryAsync(_stopped.Token).ConfigureAwait(false) is null));
}
