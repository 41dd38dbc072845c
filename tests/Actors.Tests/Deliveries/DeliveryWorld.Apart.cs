using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;

namespace AkkaVault.Actors.Tests.Deliveries;

/// <summary>Thieves, and nodes that do not know that others have taken over.</summary>
internal sealed partial class DeliveryWorld
{
    private void Steal()
    {
        // On its way, or still to be pushed again.
        var held = Deliveries.Concat(_cutOff.Select(actor => actor.Delivery).OfType<Delivery>()).Select(d => d.Tokens.InUse).OfType<IssuedToken>()
            .Where(token => token.Expires > _now && _wraps[token.Token.Accessor].Alive).ToList();
        if (held.Count == 0) return;
        var loot = _wraps[held[_random.Next(held.Count)].Token.Accessor];
        (loot.Alive, loot.Stolen) = (false, true);
    }

    /// <summary>A node is held, or on the wrong side of a partition: the leader gives its run to another, and it goes on all the same.</summary>
    private void CutOff()
    {
        // One that still holds a token can do the most harm.
        var driven = _actors.Values.Where(actor => actor.Delivery?.Tokens.InUse is not null).ToList();
        if (driven.Count == 0 || _random.Next(4) == 0) driven = [.. _actors.Values.Where(actor => actor.Delivery is not null)];
        if (driven.Count == 0) return;
        var actor = driven[_random.Next(driven.Count)];
        _actors.Remove(actor.Run);
        _cutOff.Add(actor);
        // What was sent and has not arrived is in its socket's buffer.
        var sent = _toActors.ToLookup(command => command.Run == actor.Run);
        foreach (var command in sent[true]) actor.Late.Enqueue(command);
        _toActors.Clear();
        foreach (var command in sent[false]) _toActors.Enqueue(command);
        // The leader drives it until it finds out, and while it is held the others have all the time they need.
        var redrive = _ledger.Handle(new LedgerInput.PodActorsLost(), _now);
        foreach (var command in redrive.Commands.Where(command => command.Run == actor.Run)) actor.Late.Enqueue(command);
        Carry(redrive);
        while (_toActors.Count > 0) TakeCommand();
        if (!_actors.TryGetValue(actor.Run, out var next)) return;
        for (var at = next.Work.Count - 1; at >= 0; at--)
            if (next.Work[at] is DeliveryEffect.Revoke) DoWork(next, at, kind: _random.Next(4));
    }

    /// <summary>One that is cut off takes a step, or ends.</summary>
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
