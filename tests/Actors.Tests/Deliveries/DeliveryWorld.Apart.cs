using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;

namespace AkkaVault.Actors.Tests.Deliveries;

/// <summary>Thieves, and nodes that do not know that other nodes serve their runs.</summary>
internal sealed partial class DeliveryWorld
{
    private void Steal()
    {
        // A token that is being pushed, or will be pushed again.
        var held = Deliveries.Concat(_cutOff.Select(actor => actor.Delivery).OfType<Delivery>()).Select(d => d.Tokens.InUse).OfType<IssuedToken>()
            .Where(token => token.Expires > _now && _wraps[token.Token.Accessor].Alive).ToList();
        if (held.Count == 0) return;
        var loot = _wraps[held[_random.Next(held.Count)].Token.Accessor];
        (loot.Alive, loot.Stolen) = (false, true);
    }

    /// <summary>
    /// A node is paused, or on the wrong side of a partition. The leader assigns its run to another node, and the cut-off node continues.
    /// </summary>
    private void CutOff()
    {
        // A pod actor that still has a token can do the most harm.
        var serving = _actors.Values.Where(actor => actor.Delivery?.Tokens.InUse is not null).ToList();
        if (serving.Count == 0 || _random.Next(4) == 0) serving = [.. _actors.Values.Where(actor => actor.Delivery is not null)];
        if (serving.Count == 0) return;
        var actor = serving[_random.Next(serving.Count)];
        _actors.Remove(actor.Run);
        _cutOff.Add(actor);
        // Commands that were sent and did not arrive are in the socket's buffer.
        var sent = _toActors.ToLookup(command => command.Run == actor.Run);
        foreach (var command in sent[true]) actor.Late.Enqueue(command);
        _toActors.Clear();
        foreach (var command in sent[false]) _toActors.Enqueue(command);
        // The leader assigns the run to this node until it finds out. While this node is paused, the others have enough time.
        var again = _ledger.Handle(new LedgerInput.PodActorsLost(), _now);
        foreach (var command in again.Commands.Where(command => command.Run == actor.Run)) actor.Late.Enqueue(command);
        Perform(again);
        while (_toActors.Count > 0) TakeCommand();
        if (!_actors.TryGetValue(actor.Run, out var next)) return;
        for (var at = next.Work.Count - 1; at >= 0; at--)
            if (next.Work[at] is DeliveryEffect.Revoke) DoWork(next, at, kind: _random.Next(4));
    }

    /// <summary>A node that is cut off takes one step, or ends.</summary>
    private void LiveApart()
    {
        if (_cutOff.Count == 0) return;
        var actor = _cutOff[_random.Next(_cutOff.Count)];
        switch (_random.Next(20))
        {
            case 0: _cutOff.Remove(actor); break;
            case < 3 when actor.Late.TryDequeue(out var command): Give(actor, command); break;
            default:
                if (actor.Work.Count > 0) DoWork(actor, kind: _random.Next(4));
                break;
        }
    }
}
