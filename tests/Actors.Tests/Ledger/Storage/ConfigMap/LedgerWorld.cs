using AkkaVault.Controller.Ledger.Storage.ConfigMap;
using AkkaVault.Tests.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace AkkaVault.Actors.Tests.Ledger.Storage.ConfigMap;

/// <summary>
/// A seeded world. Processes recover and write to one object as persistent actors do. The network loses
/// requests and answers, and delivers some of them late. An operator deletes and edits the object. After
/// every step the world checks that no fenced process writes, and that each confirmed event is stored once.
/// </summary>
internal sealed class LedgerWorld : IDisposable
{
    private const int Processes = 3;
    private readonly Random _random;
    private readonly FakeLedgerObject _object = new();
    private readonly TestClock _clock = new() { SkipsWaits = true };
    private readonly List<Process> _processes = [];
    private readonly List<string> _confirmed = [];
    private Process? _leader;
    private Process? _deletedUnder;
    private bool _disturbed;
    private int _names;

    public LedgerWorld(int seed)
    {
        _random = new Random(seed);
        for (var i = 0; i < Processes; i++) _processes.Add(new Process($"process-{i}", this));
    }

    /// <summary>The number of confirmed writes in the whole run.</summary>
    public int Confirmed { get; private set; }

    /// <summary>The number of writes that failed because their process was fenced.</summary>
    public int Fenced { get; private set; }

    public async Task RunAsync(int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            switch (_random.Next(20))
            {
                case 0 or 1:
                    await RecoverAsync(Any());
                    break;
                case 2:
                    _object.ArriveLate();
                    break;
                case 3 when _random.Next(4) == 0:
                    _object.Delete();
                    _deletedUnder = _leader is { Knows: true } ? _leader : null;
                    if (_deletedUnder is null) _confirmed.Clear();
                    _disturbed = true;
                    break;
                case 4 when _random.Next(4) == 0:
                    _object.Edit(content => content with { Texts = new Dictionary<string, string> { ["note"] = "by hand" } });
                    _confirmed.Clear();
                    _disturbed = true;
                    break;
                case 5:
                    // The operator adds a label: the content stays the same, and the version changes.
                    _object.Edit(content => content);
                    break;
                default:
                    await WriteAsync(_random.Next(5) > 0 && _leader is not null ? _leader : Any());
                    break;
            }
        }
    }

    public void Dispose()
    {
        foreach (var process in _processes) process.Keeper.Dispose();
    }

    private Process Any() => _processes[_random.Next(Processes)];

    private async Task RecoverAsync(Process process, bool afterFailure = false)
    {
        // A process whose own write finds the object deleted knows its whole content. Any other process cannot be sure of it.
        if (_deletedUnder is not null && !(afterFailure && process == _deletedUnder)) _confirmed.Clear();
        _deletedUnder = null;
        process.Bad = _random.Next(3);
        var record = await process.Keeper.ClaimAsync(CancellationToken.None);
        var again = await process.Keeper.ClaimOnceAsync(CancellationToken.None);
        Assert.Equal(record.Highest, again.Highest);
        process.Next = record.Highest + 1;
        _leader = process;
        _disturbed = false;
        process.Knows = true;
        Check(record);
    }

    private async Task WriteAsync(Process process)
    {
        process.Bad = _random.Next(3);
        var batches = Enumerable.Range(0, _random.Next(1, 4)).Select(_ => process.Events(_random.Next(1, 4), () => $"event-{++_names}")).ToList();
        var writes = batches.Select(events => process.Keeper.ChangeAsync(record => record.Append(events), CancellationToken.None)).ToList();
        for (var i = 0; i < writes.Count; i++)
        {
            try
            {
                await writes[i];
                Assert.True(process == _leader, $"{process.Name} has written after {_leader?.Name} had claimed the ledger");
                _confirmed.AddRange(batches[i].Select(stored => stored.Writer));
                Confirmed++;
            }
            catch (LedgerOwnershipLostException e)
            {
                Assert.True(process != _leader || _disturbed || !process.Knows, $"{process.Name} has claimed the ledger last, and yet: {e.Message}");
                Fenced++;
                // Its actor would stop now: all earlier writes are over, and it must recover.
                process.Knows = false;
            }
        }

        if (_object.Stored is { } stored && process.Knows) Check(stored.Record);
        if (!process.Knows && process == _leader) await RecoverAsync(process, afterFailure: true);
    }

    private void Check(LedgerRecord record)
    {
        var numbers = record.Events.Select(stored => stored.SequenceNr).ToList();
        Assert.Equal(numbers.Distinct().Order(), numbers);
        var names = record.Events.Select(stored => stored.Writer).ToList();
        Assert.Equal(names.Distinct().Count(), names.Count);
        Assert.Empty(_confirmed.Except(names));
    }

    private sealed class Process
    {
        private readonly LedgerWorld _world;

        public Process(string name, LedgerWorld world)
        {
            (Name, _world) = (name, world);
            Keeper = new LedgerWriter(
                new LedgerWriterServices(world._object.Seen(Mishap), name, new Unobserved(), world._clock, NullLogger<LedgerWriter>.Instance), _ => { });
        }

        public string Name { get; }

        public LedgerWriter Keeper { get; }

        public long Next { get; set; } = 1;

        public bool Knows { get; set; }

        /// <summary>How many of the next requests fail.</summary>
        public int Bad { get; set; }

        public List<StoredEvent> Events(int count, Func<string> name) =>
            [.. Enumerable.Range(0, count).Select(_ => new StoredEvent(Next++, 0, name(), "", new StoredPayload(1, "", [])))];

        private Mishap Mishap() => Bad-- > 0 ? (Mishap)_world._random.Next(1, 4) : ConfigMap.Mishap.None;
    }
}

internal sealed class Unobserved : ILedgerObserver
{
    public void LedgerWritten(int bytes, TimeSpan taken)
    {
    }

    public void LedgerLost(OwnershipLossReason reason)
    {
    }
}
