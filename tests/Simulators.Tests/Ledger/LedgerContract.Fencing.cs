using System.Net;
using System.Text;
using Akka.Persistence;
using AkkaVault.Controller.Ledger;
using AkkaVault.Controller.Ledger.Storage.ConfigMap;

namespace AkkaVault.Simulators.Tests.Ledger;

/// <summary>Only the owner of the ledger can write it, whatever others do with its object.</summary>
public abstract partial class LedgerContract
{
    [SkippableFact]
    public async Task Whoever_recovers_fences_all_others_at_once()
    {
        SkipWhereItCannotBeTested();
        await _one.RecoverAsync();
        await _one.WriteAsync(1, 2);
        var two = Start("two");
        Assert.Equal([1, 2], (await two.RecoverAsync()).Events.Select(item => item.SequenceNr));

        // The newer process has claimed the ledger, and has not written anything else.
        var cause = Assert.IsType<LedgerOwnershipLostException>(await _one.FailAsync(3));
        Assert.Equal(OwnershipLossReason.Taken, cause.Reason);
        Assert.Contains("two has claimed it", cause.Message, StringComparison.Ordinal);
        Assert.IsType<LedgerOwnershipLostException>(await _one.FailAsync(4));
        _one.Ask(new SaveSnapshot(new SnapshotMetadata(LedgerSystem.Id, 2, At), new LedgerSnapshot("old", [])));
        await _one.ExpectAsync<SaveSnapshotFailure>();
        _one.Ask(new DeleteSnapshots(LedgerSystem.Id, SnapshotSelectionCriteria.Latest));
        await _one.ExpectAsync<DeleteSnapshotsFailure>();

        await two.WriteAsync(3);
        Assert.Equal([1, 2, 3], (await Start("three").RecoverAsync()).Events.Select(item => item.SequenceNr));
    }

    [SkippableFact]
    public async Task A_process_that_has_not_recovered_or_is_out_of_step_cannot_write()
    {
        SkipWhereItCannotBeTested();
        Assert.Null(Assert.IsType<LedgerOwnershipLostException>(await _one.FailAsync(1)).Reason);
        await _one.RecoverAsync();
        await _one.WriteAsync(1, 2);
        Assert.Equal(OwnershipLossReason.OutOfStep, Assert.IsType<LedgerOwnershipLostException>(await _one.FailAsync(2)).Reason);
        Assert.IsType<LedgerOwnershipLostException>(await _one.FailAsync(3));
        Assert.Equal(2, (await _one.RecoverAsync()).Highest);
        await _one.WriteAsync(3);
    }

    [SkippableFact]
    public async Task The_previous_owner_creates_a_deleted_object_again_with_its_contents()
    {
        SkipWhereItCannotBeTested();
        await _one.RecoverAsync();
        await _one.WriteAsync(1, 2);
        using (var deleted = await Admin.DeleteAsync(Path)) deleted.EnsureSuccessStatusCode();
        Assert.Equal(OwnershipLossReason.Deleted, Assert.IsType<LedgerOwnershipLostException>(await _one.FailAsync(3)).Reason);
        Assert.Equal([1, 2], (await _one.RecoverAsync()).Events.Select(item => item.SequenceNr));
        await _one.WriteAsync(3);
    }

    [SkippableFact]
    public async Task A_deleted_object_belongs_to_the_process_that_creates_it_again()
    {
        SkipWhereItCannotBeTested();
        await _one.RecoverAsync();
        await _one.WriteAsync(1);
        using (var deleted = await Admin.DeleteAsync(Path)) deleted.EnsureSuccessStatusCode();
        var two = Start("two");
        Assert.Equal(0, (await two.RecoverAsync()).Highest);
        Assert.Equal(OwnershipLossReason.Taken, Assert.IsType<LedgerOwnershipLostException>(await _one.FailAsync(2)).Reason);
        await two.WriteAsync(1);
    }

    [SkippableTheory]
    [InlineData("""{"data":{"epoch":"77"}}""")]
    [InlineData("""{"data":{"write":null}}""")]
    [InlineData("""{"binaryData":{"events":"bm9uc2Vuc2U="}}""")]
    [InlineData("""{"data":null,"binaryData":null}""")]
    [InlineData("""{"data":{"format":"2"}}""")]
    public async Task An_object_that_was_edited_fails_its_writer_and_is_begun_anew(string patch)
    {
        SkipWhereItCannotBeTested();
        await _one.RecoverAsync();
        await _one.WriteAsync(1, 2);
        await PatchAsync(patch);
        Assert.Equal(OwnershipLossReason.Changed, Assert.IsType<LedgerOwnershipLostException>(await _one.FailAsync(3)).Reason);
        var (snapshot, events, highest) = await _one.RecoverAsync();
        Assert.Equal((null, 0, 0L), (snapshot, events.Count, highest));
        await _one.WriteAsync(1);
    }

    [SkippableFact]
    public async Task A_label_put_on_the_object_disturbs_nobody()
    {
        SkipWhereItCannotBeTested();
        await _one.RecoverAsync();
        await _one.WriteAsync(1);
        await PatchAsync("""{"metadata":{"labels":{"team":"blue"}}}""");
        await _one.WriteAsync(2);
    }

    private Uri Path => new($"api/v1/namespaces/{_ns}/configmaps/{Map}", UriKind.Relative);

    private async Task PatchAsync(string patch)
    {
        using var answer = await Admin.PatchAsync(Path, new StringContent(patch, Encoding.UTF8, "application/merge-patch+json"));
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }
}
