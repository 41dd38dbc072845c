using AkkaVault.Controller.Ledger.Storage.ConfigMap;

namespace AkkaVault.Actors.Tests.Ledger.Storage.ConfigMap;

/// <summary>The ledger's object in memory, with everything that can go wrong on the way to it.</summary>
internal sealed class FakeLedgerObject
{
    private readonly Lock _gate = new();
    private readonly List<Action> _late = [];
    private LedgerContent? _content;
    private ObjectVersion _version = new("", "");
    private int _versions;

    /// <summary>The decoded content; null: the object does not exist, or is not a ledger.</summary>
    public DecodedLedger? Stored
    {
        get
        {
            lock (_gate)
            {
                try
                {
                    return _content is null ? null : LedgerCodec.Decode(_content);
                }
                catch (InvalidDataException)
                {
                    return null;
                }
            }
        }
    }

    public int Writes { get; private set; }

    /// <summary>The largest size in bytes; a larger content is refused, as by an API server. Null: any size.</summary>
    public int? Limit { get; set; }

    /// <summary>How many contents were too large.</summary>
    public int TooLarge { get; private set; }

    /// <summary>The size in bytes of the largest content that was written.</summary>
    public int Largest { get; private set; }

    /// <summary>How long each write takes.</summary>
    public TimeSpan WriteTime { get; set; }

    /// <summary>The object as one process reaches it.</summary>
    public ILedgerObject Seen(Func<Mishap> mishap) => new View(this, mishap);

    public void Delete()
    {
        lock (_gate) _content = null;
    }

    public void Edit(Func<LedgerContent, LedgerContent> edit)
    {
        lock (_gate)
        {
            if (_content is not null) Set(edit(_content), _version.Uid);
        }
    }

    /// <summary>Delivers the writes that were delayed.</summary>
    public void ArriveLate()
    {
        lock (_gate)
        {
            foreach (var write in _late)
            {
                try
                {
                    write();
                }
                catch (LedgerObjectException e) when (e.Failure is LedgerObjectFailure.Conflict or LedgerObjectFailure.Missing)
                {
                    // Nobody waits for the answer to a delayed write.
                }
            }

            _late.Clear();
        }
    }

    private ObjectVersion Write(LedgerContent content, ObjectVersion? expected)
    {
        lock (_gate)
        {
            if (expected is null && _content is not null) throw new LedgerObjectException(LedgerObjectFailure.Conflict, "exists");
            if (expected is not null && _content is null) throw new LedgerObjectException(LedgerObjectFailure.Missing, "not there");
            if (expected is not null && expected != _version) throw new LedgerObjectException(LedgerObjectFailure.Conflict, "modified");
            if (content.Size > Limit)
            {
                TooLarge++;
                throw new LedgerObjectException(LedgerObjectFailure.Refused, "Too long");
            }

            Writes++;
            Largest = Math.Max(Largest, content.Size);
            return Set(content, expected?.Uid ?? Guid.NewGuid().ToString());
        }
    }

    private ObjectVersion Set(LedgerContent content, string uid)
    {
        _content = content;
        return _version = new ObjectVersion(uid, $"{++_versions}");
    }

    private sealed class View(FakeLedgerObject shared, Func<Mishap> mishap) : ILedgerObject
    {
        public string Name => "the fake";

        public Task<ReadLedger?> ReadAsync(CancellationToken cancellation)
        {
            if (mishap() != Mishap.None) throw Unreachable();
            lock (shared._gate) return Task.FromResult(shared._content is null ? null : new ReadLedger(shared._content, shared._version));
        }

        public Task<ObjectVersion> CreateAsync(LedgerContent content, CancellationToken cancellation) => WriteAsync(content, null);

        public Task<ObjectVersion> ReplaceAsync(LedgerContent content, ObjectVersion version, CancellationToken cancellation) => WriteAsync(content, version);

        private async Task<ObjectVersion> WriteAsync(LedgerContent content, ObjectVersion? version)
        {
            if (shared.WriteTime > TimeSpan.Zero) await Task.Delay(shared.WriteTime);
            else await Task.Yield();
            switch (mishap())
            {
                case Mishap.Unreachable:
                    throw Unreachable();
                case Mishap.AnswerLost:
                    shared.Write(content, version);
                    throw Unreachable();
                case Mishap.HeldUp:
                    lock (shared._gate) shared._late.Add(() => shared.Write(content, version));
                    throw Unreachable();
                default:
                    return shared.Write(content, version);
            }
        }

        private static LedgerObjectException Unreachable() => new(LedgerObjectFailure.Unreachable, "no answer");
    }
}

/// <summary>What goes wrong with a request.</summary>
internal enum Mishap
{
    None,
    Unreachable,
    AnswerLost,
    HeldUp,
}
