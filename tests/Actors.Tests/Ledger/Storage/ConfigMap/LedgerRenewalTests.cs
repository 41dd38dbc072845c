using AkkaVault.Controller.Ledger.Storage.ConfigMap;
using AkkaVault.Tests.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace AkkaVault.Actors.Tests.Ledger.Storage.ConfigMap;

/// <summary>The ledger shows to a starting controller whether a cluster is alive.</summary>
public sealed class LedgerRenewalTests : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    private readonly FakeLedgerObject _object = new();
    private readonly TestClock _clock = new();
    private readonly Cluster _cluster = new();
    private readonly LedgerWriter _writer;
    private Mishap _happens = Mishap.None;

    public LedgerRenewalTests() => _writer = Writer("this", _cluster);

    public void Dispose() => _writer.Dispose();

    [Fact]
    public async Task Only_the_leader_renews_the_ledger()
    {
        await _writer.ClaimAsync(CancellationToken.None);
        Assert.Equal("node-1", _object.Stored!.Stamp.Node);
        await PassUntilAsync(() => _object.Writes >= 4);
        _cluster.Leads = false;
        await PassAsync(TimeSpan.FromSeconds(2));
        var writes = _object.Writes;
        await PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(writes, _object.Writes);
    }

    [Theory]
    [InlineData(Mishap.Unreachable)]
    [InlineData(Mishap.AnswerLost)]
    [InlineData(Mishap.HeldUp)]
    public async Task A_renewal_that_fails_loses_nothing_whether_it_was_stored_or_not(object mishap)
    {
        await _writer.ClaimAsync(CancellationToken.None);
        _happens = (Mishap)mishap;
        await PassAsync(TimeSpan.FromMinutes(5));
        _happens = Mishap.None;
        _object.ArriveLate();
        var change = _writer.ChangeAsync(record => record.Append([new StoredEvent(1, 0, "w", "", new StoredPayload(1, "m", [1]))]), CancellationToken.None);
        await PassUntilAsync(() => change.IsCompleted);
        await change;
        Assert.Equal(("this", 1L, 1), (_object.Stored!.Stamp.Owner, _object.Stored.Stamp.ClaimNumber, _object.Stored.Record.Events.Count));
    }

    [Fact]
    public async Task An_owner_notices_the_claim_of_another_cluster_without_storing_anything_and_yields_if_that_cluster_is_alive()
    {
        await _writer.ClaimAsync(CancellationToken.None);
        using var other = Writer("other", new Cluster { Node = "node-9", OwnerRelation = OwnerRelation.FormerMember });
        await other.ClaimAsync(CancellationToken.None);
        var reading = _writer.ReadAsync(CancellationToken.None);
        await PassUntilAsync(() =>
        {
            if (reading.IsCompletedSuccessfully) reading = _writer.ReadAsync(CancellationToken.None);
            return reading.IsFaulted;
        });
        await Assert.ThrowsAsync<LedgerOwnershipLostException>(() => reading);
        var again = _writer.ClaimAsync(CancellationToken.None);
        await PassUntilAsync(() => again.IsCompleted);
        await Assert.ThrowsAsync<LedgerOwnershipLostException>(() => again);
        Assert.Equal("node-9", _cluster.GaveWayTo);
        Assert.Equal("other", _object.Stored!.Stamp.Owner);
    }

    [Fact]
    public async Task The_ledger_of_a_cluster_that_no_longer_writes_is_taken_over()
    {
        using (var other = Writer("other", new Cluster { Node = "node-9" })) await other.ClaimAsync(CancellationToken.None);
        var claim = _writer.ClaimAsync(CancellationToken.None);
        await PassUntilAsync(() => claim.IsCompleted);
        await claim;
        Assert.Null(_cluster.GaveWayTo);
        Assert.Equal(("this", 2L), (_object.Stored!.Stamp.Owner, _object.Stored.Stamp.ClaimNumber));
    }

    [Fact]
    public async Task The_ledger_of_an_earlier_leader_of_the_same_cluster_is_claimed_at_once()
    {
        using (var other = Writer("other", new Cluster { Node = "node-2" })) await other.ClaimAsync(CancellationToken.None);
        _cluster.OwnerRelation = OwnerRelation.FormerMember;
        await _writer.ClaimAsync(CancellationToken.None).WaitAsync(Timeout);
        Assert.Equal("this", _object.Stored!.Stamp.Owner);
    }

    [Fact]
    public async Task A_process_that_forms_a_cluster_claims_the_ledger_with_its_contents_and_fences_the_earlier_owner()
    {
        await _writer.ClaimAsync(CancellationToken.None);
        await _writer.ChangeAsync(record => record.Append([new StoredEvent(1, 0, "w", "", new StoredPayload(1, "m", [1]))]), CancellationToken.None);
        var marks = new LedgerMarkStore(_object.Seen(() => Mishap.None), "forming", () => "node-9");
        var mark = await marks.ReadAsync(CancellationToken.None);
        Assert.Equal("node-1", mark.Node);
        Assert.True(await marks.ClaimAsync(mark, "the claim", CancellationToken.None));
        Assert.False(await marks.ClaimAsync(mark, "once more", CancellationToken.None));
        Assert.Equal((new LedgerStamp("forming", 2, "the claim", "node-9"), 1), (_object.Stored!.Stamp, _object.Stored.Record.Events.Count));
        await Assert.ThrowsAsync<LedgerOwnershipLostException>(() => _writer.ChangeAsync(record => record.DeleteTo(1), CancellationToken.None));
    }

    [Fact]
    public async Task Of_two_processes_that_claim_a_missing_ledger_one_wins()
    {
        var two = Enumerable.Range(0, 2).Select(i => new LedgerMarkStore(_object.Seen(() => Mishap.None), $"{i}", () => "")).ToList();
        var marks = await Task.WhenAll(two.Select(each => each.ReadAsync(CancellationToken.None)));
        Assert.All(marks, mark => Assert.Equal(LedgerMark.None, mark));
        var won = await Task.WhenAll(two.Select((each, i) => each.ClaimAsync(marks[i], $"{i}", CancellationToken.None)));
        Assert.Single(won, true);
    }

    private LedgerWriter Writer(string owner, Cluster cluster) => new(
        new LedgerWriterServices(_object.Seen(() => owner == "this" ? _happens : Mishap.None), owner, new Unobserved(), _clock, NullLogger<LedgerWriter>.Instance, cluster), _ => { });

    private async Task PassAsync(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromMilliseconds(500))
        {
            _clock.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Delay(1);
        }
    }

    private async Task PassUntilAsync(Func<bool> condition)
    {
        for (var until = DateTime.UtcNow + Timeout; !condition(); await PassAsync(TimeSpan.FromMilliseconds(500))) Assert.True(DateTime.UtcNow < until, "not in time");
    }

    private sealed class Cluster : ILedgerCluster
    {
        public string Node { get; init; } = "node-1";

        public bool Leads { get; set; } = true;

        public OwnerRelation OwnerRelation { get; set; } = OwnerRelation.OtherCluster;

        public string? GaveWayTo { get; private set; }

        public OwnerRelation RelationOf(string node) => node == Node ? OwnerRelation.Member : OwnerRelation;

        public void YieldTo(string node) => GaveWayTo = node;
    }
}
