using AkkaVault.InitContainer;
using AkkaVault.InitContainer.Sidecar;
using AkkaVault.Shared;

namespace AkkaVault.Actors.Tests.InitContainer;

/// <summary>A sidecar, its controller, its kubelet and Vault in virtual time.</summary>
internal sealed class SidecarWorld
{
    private static readonly TimeSpan s_slack = TimeSpan.FromSeconds(2);

    private readonly Random _random;
    private readonly bool _isOriginal;
    private readonly TimeSpan _ttl;
    private readonly TimeSpan? _maxTtl;
    private readonly bool _isBatch;
    private readonly bool _isLifeKnown;
    private readonly TimeSpan _end;
    private readonly List<(TimeSpan From, TimeSpan To)> _vaultOutages;
    private readonly List<(TimeSpan From, TimeSpan To)> _controllerOutages;
    private readonly Queue<TimeSpan> _crashes;
    private readonly List<(TimeSpan From, TimeSpan To)> _restarts = [];
    private TimeSpan _now;

    // Vault.
    private Token? _file;

    // The sidecar; without a state it waits for its first push, and without a run it is not there.
    private int? _run = 0;
    private SidecarRenewal? _state;
    private NextDelivery? _next;
    private (TimeSpan At, Func<SidecarRenewalInput> Input)? _sidecar;
    private TimeSpan? _starts;

    // The controller.
    private int _seen = -1;
    private TimeSpan? _push = TimeSpan.Zero;

    public SidecarWorld(int seed, bool isOriginal)
    {
        _random = new Random(seed);
        _isOriginal = isOriginal;
        _ttl = TimeSpan.FromSeconds(_random.Next(60, 7200));
        _isBatch = _random.Next(3) == 0;
        _maxTtl = _isBatch ? _ttl : _random.Next(4) == 0 ? null : _ttl * (1 + (_random.NextDouble() * _random.NextDouble() * 10));
        _isLifeKnown = _isBatch || _random.Next(8) > 0;
        _end = _ttl * 30;
        _vaultOutages = Outages(_random.Next(4));
        _controllerOutages = Outages(_random.Next(4));
        _crashes = new Queue<TimeSpan>(Enumerable.Range(0, _random.Next(3)).Select(_ => _end * _random.NextDouble()).Order());
    }

    /// <summary>How many deliveries there were to a run that was served before.</summary>
    public int Redeliveries { get; private set; }

    /// <summary>How often the file was looked at while nothing was away that would excuse a token that is nearly over.</summary>
    public int Judged { get; private set; }

    private TimeSpan Short => TimeSpan.FromSeconds(Math.Min(15, _ttl.TotalSeconds / 60) * _random.NextDouble());

    public bool Live()
    {
        for (var steps = 0; _now < _end; steps++)
        {
            Assert.True(steps < 50_000, "it is busy for nothing");
            var due = new TimeSpan?[] { _sidecar?.At, _starts, _push, _crashes.TryPeek(out var crash) ? crash : null, _end }.Min()!.Value;
            Assert.True(due >= _now, "time goes forward");
            _now = due;
            Read();
            if (_now == _sidecar?.At) Handle(_sidecar.Value.Input());
            else if (_now == _starts) Start();
            else if (_now == _push) Push();
            else if (_crashes.TryPeek(out crash) && _now == crash)
            {
                _crashes.Dequeue();
                if (_run is not null) Stop();
            }
        }

        return true;
    }

    /// <summary>What an application finds in the file.</summary>
    private void Read()
    {
        if (_file is null) return;
        var left = _file.Expires - _now;
        if (!WasAway(TimeSpan.Zero) && _isLifeKnown && !_isOriginal)
        {
            Judged++;
            Assert.True(left >= (_ttl / 3) - s_slack, $"{left} of {_ttl} are left at {_now}");
        }

        // A restart takes less than a sixtieth.
        if (!WasAway(_isOriginal ? _ttl / 55 : _ttl / 12)) Assert.True(left > TimeSpan.Zero, $"the token has been dead for {-left} at {_now}");
    }

    private bool WasAway(TimeSpan longer) => new[] { _vaultOutages, _controllerOutages, _restarts }.SelectMany(outages => outages)
        .Any(outage => outage.From <= _now && outage.To + (_ttl / 2) >= _now && outage.To - outage.From > longer);

    private void Handle(SidecarRenewalInput input)
    {
        _sidecar = null;
        Perform(_state!.Handle(input, _now, _random.NextDouble()));
    }

    private void Perform(Transition<SidecarRenewal, SidecarRenewalEffect> transition)
    {
        _state = transition.State;
        foreach (var effect in transition.Effects)
        {
            switch (effect)
            {
                case SidecarRenewalEffect.Wait wait:
                    Answer(wait.Delay, () => new SidecarRenewalInput.TimerDue());
                    break;
                case SidecarRenewalEffect.Renew:
                    var asked = _now;
                    var token = _file!;
                    Answer(TimeSpan.FromMilliseconds(1 + _random.Next(200)), () => Renew(token, asked));
                    break;
                case SidecarRenewalEffect.LookUp:
                    Answer(TimeSpan.FromMilliseconds(1 + _random.Next(200)), () => new SidecarRenewalInput.LookedUp(IsAway(_vaultOutages) ? null : _now < _file!.Expires, "403"));
                    break;
                case SidecarRenewalEffect.End end:
                    if (end.ExitCode == ExitCodes.TokenEnding) Assert.True(_now < _file!.Expires, $"ended late at {_now}");
                    else Assert.True(_now >= _file!.Expires, $"given up alive at {_now}");
                    Stop();
                    break;
            }
        }
    }

    private void Answer(TimeSpan delay, Func<SidecarRenewalInput> input)
    {
        Assert.Null(_sidecar);
        _sidecar = (_now + delay, input);
    }

    private SidecarRenewalInput Renew(Token token, TimeSpan asked)
    {
        if (IsAway(_vaultOutages)) return new SidecarRenewalInput.RenewFailed(RenewFailure.Transient, "503: Vault is sealed");
        if (_now >= token.Expires) return new SidecarRenewalInput.RenewFailed(RenewFailure.Denied, "403: permission denied");
        if (_isBatch) return new SidecarRenewalInput.RenewFailed(RenewFailure.Refused, "400: batch tokens cannot be renewed");
        var left = token.Created + _maxTtl - _now;
        var lease = TimeSpan.FromSeconds(Math.Floor((left < _ttl ? left.Value : _ttl).TotalSeconds));
        token.Expires = asked + lease;
        return new SidecarRenewalInput.Renewed(lease, true, asked);
    }

    private void Stop()
    {
        (_run, _state, _next, _sidecar, _push) = (null, null, null, null, null);
        _starts = _now + Short;
        _restarts.Add((_now, _starts.Value));
    }

    private void Start()
    {
        _starts = null;
        _run = _seen + 1;
        _push = _now + Short;
    }

    /// <summary>The controller pushes to the run, or tries to.</summary>
    private void Push()
    {
        _push = _now + Short;
        if (IsAway(_controllerOutages) || IsAway(_vaultOutages) || _run is null) return;
        var isFirst = _state is null;
        if (isFirst || _next?.Takes(_now) == true) Deliver(isFirst);
        // The answer is lost, and the controller tries again.
        if (_random.Next(10) == 0) return;
        _seen = _run.Value;
        _push = _next is null || _isOriginal ? null : _now + TimeSpan.FromSeconds(_next.SecondsLeft(_now) * (0.9 + (0.1 * _random.NextDouble())));
    }

    private void Deliver(bool isFirst)
    {
        if (!isFirst)
        {
            Redeliveries++;
            Assert.True(_now - _file!.Created >= _ttl / 2, $"another token after {_now - _file.Created}");
        }

        _file = new Token(_now) { Expires = _now + _ttl };
        var ends = _isLifeKnown && _maxTtl is { } max ? _now + max : (TimeSpan?)null;
        _next = ends is { } end ? NextDelivery.Before(_now, end, _now, _random.NextDouble()) : null;
        _sidecar = null;
        var lease = new TokenLease(_ttl, _now, new TokenLife(ends, _isBatch ? "it is a batch token" : null), _next?.At);
        Perform(isFirst ? SidecarRenewal.Begin(lease, _now, _random.NextDouble()) : _state!.Handle(new SidecarRenewalInput.Delivered(lease), _now, _random.NextDouble()));
    }

    private bool IsAway(List<(TimeSpan From, TimeSpan To)> outages) => outages.Exists(outage => outage.From <= _now && _now < outage.To);

    private List<(TimeSpan From, TimeSpan To)> Outages(int count) => [.. Enumerable.Range(0, count).Select(_ =>
    {
        var from = _end * _random.NextDouble();
        return (from, from + (_ttl * (_random.NextDouble() * _random.NextDouble())));
    })];

    /// <summary>A token as Vault knows it.</summary>
    private sealed class Token(TimeSpan created)
    {
        public TimeSpan Created => created;

        public TimeSpan Expires { get; set; }
    }
}
