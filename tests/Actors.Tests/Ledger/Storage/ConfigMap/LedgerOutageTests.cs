using AkkaVault.Controller.Ledger.Storage.ConfigMap;
using AkkaVault.Tests.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace AkkaVault.Actors.Tests.Ledger.Storage.ConfigMap;

/// <summary>Outages of the API server, with a clock that jumps.</summary>
public sealed class LedgerOutageTests : IDisposable
{
    private readonly FakeLedgerObject _object = new();
    private readonly TestClock _clock = new() { SkipsWaits = true };
    private readonly LedgerWriter _writer;
    private DateTimeOffset _until = DateTimeOffset.MinValue;
    private Mishap _first = Mishap.None;
    private int _requests;

    public LedgerOutageTests() => _writer = new LedgerWriter(
        new LedgerWriterServices(_object.Seen(Happens), "this", new Unobserved(), _clock, NullLogger<LedgerWriter>.Instance), _ => { });

    public void Dispose() => _writer.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_write_survives_an_outage_of_a_minute_and_is_stored_once_whether_the_request_or_the_answer_was_lost(bool answerLost)
    {
        await _writer.ClaimAsync(default);
        _until = _clock.GetUtcNow() + TimeSpan.FromMinutes(1);
        if (answerLost) _first = Mishap.AnswerLost;
        _requests = 0;
        await Task.WhenAll(WriteAsync(1), WriteAsync(2));
        await WriteAsync(3);
        Assert.Equal([1, 2, 3], _object.Stored!.Record.Events.Select(stored => stored.SequenceNr));
        Assert.True(_clock.GetUtcNow() >= _until);
        // The writer backs off: it does not loop without pauses, and does not sleep for long after the API server is back.
        Assert.InRange(_requests, 12, 60);
    }

    [Fact]
    public async Task A_write_fails_after_its_timeout_with_all_later_ones_and_the_next_claim_reads_what_is_stored()
    {
        await _writer.ClaimAsync(default);
        await WriteAsync(1);
        var started = _clock.GetUtcNow();
        _until = started + TimeSpan.FromMinutes(5);
        var failed = WriteAsync(2);
        Assert.Equal(OwnershipLossReason.Unreachable, (await Assert.ThrowsAsync<LedgerOwnershipLostException>(() => failed)).Reason);
        Assert.InRange(_clock.GetUtcNow() - started, LedgerWriter.Timeout, LedgerWriter.Timeout + TimeSpan.FromSeconds(6));
        await Assert.ThrowsAsync<LedgerOwnershipLostException>(() => WriteAsync(3));
        await Assert.ThrowsAsync<LedgerOwnershipLostException>(() => _writer.ClaimAsync(default));
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, (await _writer.ClaimAsync(default)).Highest);
        await WriteAsync(2);
    }

    private Task WriteAsync(long number) =>
        _writer.ChangeAsync(record => record.Append([new StoredEvent(number, 0, "", "", new StoredPayload(1, "", []))]), default);

    private Mishap Happens()
    {
        _requests++;
        if (_clock.GetUtcNow() >= _until) return Mishap.None;
        var mishap = _first == Mishap.None ? Mishap.Unreachable : _first;
        _first = Mishap.None;
        return mishap;
    }
}
