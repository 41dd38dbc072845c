using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using AkkaVault.Controller.Cluster.Bootstrap;
using AkkaVault.Controller.Ledger.Storage.ConfigMap;

namespace AkkaVault.Actors.Tests.Cluster.Bootstrap;

/// <summary>A controller process in the world.</summary>
internal sealed class WorldProcess(int address, int uid, TimeSpan published)
{
    public int Address { get; } = address;
    public int Uid { get; } = uid;
    public ContactPoint Point { get; } = new(IPAddress.Parse($"10.0.{address / 250}.{1 + (address % 250)}"), 8558);
    public Address Node => Akka.Actor.Address.Parse($"akka.tcp://s@{Point.Ip}:2552");
    public string Name => $"{Node}#{Uid}";
    public TimeSpan Published { get; } = published;
    public int Side { get; set; }
    public bool Alive { get; set; } = true;
    public bool Withdrawn { get; set; }
    public bool Leaving { get; set; }
    public bool Forgotten { get; set; }
    public TimeSpan HeldUntil { get; set; }
    public bool ClockStands { get; set; }
    public TimeSpan Behind { get; set; }
    public TimeSpan CutOffUntil { get; set; }
    public TimeSpan LostSince { get; set; }
    public int? Cluster { get; set; }
    public TimeSpan Age { get; set; }
    public TimeSpan WellSince { get; set; }
    public TimeSpan LeadsSince { get; set; }
    public TimeSpan ClaimedAt { get; set; }
    public TimeSpan? FoundedAt { get; set; }
    public Formation Formation { get; set; } = null!;
    public ImmutableSortedSet<ContactPoint> Discovered { get; set; } = [];
    public HashSet<ContactPoint> Asking { get; } = [];
    public Dictionary<ContactPoint, (ContactPointAnswer Answer, TimeSpan At)> Answers { get; } = [];
    public Dictionary<string, bool?> ClaimAnswers { get; } = [];
    public TimeSpan LookNext { get; set; }
    public bool Reading { get; set; }
    public TimeSpan ReadNext { get; set; }
    public bool Writing { get; set; }
    public TimeSpan WriteNext { get; set; }
    public LedgerOwnership Ownership { get; set; } = LedgerOwnership.None;
    public ClaimAttempt? Attempt { get; set; }
    public Dictionary<string, bool> Known { get; } = [];

    public void Handle(FormationInput input, TimeSpan now) => Formation = Formation.Handle(input, now).State;

    public OwnerRelation RelationOf(string node) => node == Name ? OwnerRelation.Member : !Known.TryGetValue(node, out var member) ? OwnerRelation.OtherCluster : member ? OwnerRelation.Member : OwnerRelation.FormerMember;
}
