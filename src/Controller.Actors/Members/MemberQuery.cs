using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;

namespace AkkaVault.Controller.Members;

/// <summary>The answers of all members to one question, as they arrive. Immutable.</summary>
/// <typeparam name="TSelf">The answers.</typeparam>
/// <typeparam name="TAnswer">The message of one member; a member may send several.</typeparam>
internal interface IMemberAnswers<TSelf, in TAnswer>
{
    /// <summary>Whether all members have answered in full.</summary>
    bool IsComplete { get; }

    /// <summary>The message for the actor that asked.</summary>
    object Result { get; }

    /// <summary>A member has sent an answer.</summary>
    TSelf Handle(TAnswer answer);
}

/// <summary>How a question goes to all members.</summary>
internal static class MemberQuery
{
    /// <summary>How long a member may take to answer.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    /// <summary>The addresses of the members that may answer: all but those that were downed.</summary>
    public static ImmutableList<Address> AddressesToAsk(this Akka.Cluster.Cluster cluster) =>
        [.. cluster.State.Members.Where(member => member.Status != MemberStatus.Down).Select(member => member.Address)];

    /// <summary>An actor that asks all members once, answers with what they have said, and stops.</summary>
    /// <param name="actor">The name of the actor that answers; it is the same on all nodes.</param>
    /// <param name="question">The question.</param>
    /// <param name="nodes">The members.</param>
    /// <param name="asker">Gets <see cref="IMemberAnswers{TSelf, TAnswer}.Result"/>.</param>
    /// <param name="none">The answers before the first one.</param>
    public static Props Props<TAnswers, TAnswer>(string actor, object question, ImmutableList<Address> nodes, IActorRef asker, TAnswers none)
        where TAnswers : IMemberAnswers<TAnswers, TAnswer> =>
        Akka.Actor.Props.Create(() => new MemberQueryActor<TAnswers, TAnswer>(actor, question, nodes, asker, none));
}

/// <summary>See <see cref="MemberQuery.Props"/>.</summary>
internal sealed class MemberQueryActor<TAnswers, TAnswer> : UntypedActor, IWithTimers
    where TAnswers : IMemberAnswers<TAnswers, TAnswer>
{
    private readonly string _actor;
    private readonly object _question;
    private readonly ImmutableList<Address> _nodes;
    private readonly IActorRef _asker;
    private TAnswers _answers;

    public MemberQueryActor(string actor, object question, ImmutableList<Address> nodes, IActorRef asker, TAnswers none) =>
        (_actor, _question, _nodes, _asker, _answers) = (actor, question, nodes, asker, none);

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private sealed record TimedOut;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Timers.StartSingleTimer(typeof(TimedOut), new TimedOut(), MemberQuery.Timeout);
        foreach (var node in _nodes) Context.ActorSelection(new RootActorPath(node) / "user" / _actor).Tell(_question);
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case TAnswer answer:
                _answers = _answers.Handle(answer);
                if (_answers.IsComplete) Answer();
                break;
            case TimedOut:
                Answer();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Answer()
    {
        _asker.Tell(_answers.Result);
        Context.Stop(Self);
    }
}
