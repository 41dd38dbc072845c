using Akka.Actor;

namespace AkkaVault.Controller.Cluster.Reachability;

/// <summary>Tries the API server when the leader asks, and answers whether this controller reaches it.</summary>
internal sealed class ApiServerReachabilityActor : ReceiveActor
{
    /// <summary>The same on every node: the leader addresses it by this name.</summary>
    public const string Name = "reach";

    private readonly ApiServerProbe _probe;
    private readonly string _node = Akka.Cluster.Cluster.Get(Context.System).SelfAddress.ToString();
    private readonly CancellationTokenSource _stopped = new();

    public ApiServerReachabilityActor(ApiServerProbe probe)
    {
        _probe = probe;
        Receive<GetApiServerReachability>(question => TryAsync(question, Sender).PipeTo(Self));
        Receive<Tried>(tried => tried.Asker.Tell(tried.Answer));
    }

    private sealed record Tried(IActorRef Asker, ApiServerReachability Answer);

    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    private async Task<Tried> TryAsync(GetApiServerReachability question, IActorRef asker) =>
        new(asker, new ApiServerReachability(question.Round, _node, await _probe.TryAsync(_stopped.Token).ConfigureAwait(false) is null));
}
