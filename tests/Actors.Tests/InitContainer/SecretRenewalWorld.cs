using AkkaVault.InitContainer.Secrets;
using AkkaVault.Shared;

namespace AkkaVault.Actors.Tests.InitContainer;

/// <summary>
/// A Vault with leases around <see cref="SecretRenewal"/>, and readers of the files. Time is virtual, and one seeded random source makes every choice.
/// </summary>
internal sealed class SecretRenewalWorld
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(5);
    private static readonly SecretRenewalInput s_due = new SecretRenewalInput.TimerDue();

    private readonly Random _random;
    private readonly TimeSpan _ttl;
    private readonly TimeSpan _maxTtl;
    private readonly bool _renewable;
    private readonly bool _mayRenew;
    private readonly List<(TimeSpan From, TimeSpan To)> _outages = [];
    private readonly List<TimeSpan> _replacements = [];
    private readonly Dictionary<string, Lease> _leases = [];
    private TimeSpan _now;
    private TimeSpan _tokenEnds;

    public SecretRenewalWorld(int seed)
    {
        _random = new Random(seed);
        _ttl = TimeSpan.FromSeconds(_random.Next(60, 7200));
        _maxTtl = _ttl * (1 + (_random.NextDouble() * 8));
        _renewable = _random.Next(4) > 0;
        _mayRenew = _random.Next(5) > 0;
        for (var i = _random.Next(4); i > 0; i--)
        {
            var from = _ttl * (_random.NextDouble() * 20);
            _outages.Add((from, from + (_ttl * (_random.NextDouble() * _random.Next(1, 3)))));
        }

        // Another token comes while the one before has a third of its life left.
        var token = _ttl * (2 + (_random.NextDouble() * 10));
        for (var at = token * 2 / 3; at < _ttl * 30; at += token * 2 / 3) _replacements.Add(at);
        TokenLife = token;
        _tokenEnds = token;
    }

    private TimeSpan TokenLife { get; }

    private bool IsAway => _outages.Exists(outage => outage.From <= _now && _now < outage.To);

    public void Live()
    {
        var shown = Give();
        var pending = shown;
        var (state, effects) = SecretRenewal.Begin(new SecretLease(shown.Id, _ttl, _renewable, _now), s_interval, _now, _random.NextDouble());
        while (_now < _ttl * 20)
        {
            if (effects.Any(effect => effect is SecretRenewalEffect.Write)) shown = pending;
            var answer = effects[^1] switch
            {
                SecretRenewalEffect.Wait wait => (After: wait.Delay, Input: () => s_due),
                SecretRenewalEffect.Read => (After: Slowly(), Input: Read),
                SecretRenewalEffect.Renew renew => (After: Slowly(), Input: (Func<SecretRenewalInput>)(() => Renew(renew.LeaseId))),
                var other => throw new InvalidOperationException($"{other} has no answer"),
            };
            var token = _tokenEnds;
            var due = _now + answer.After;
            var replaced = ReplaceToken(shown, due, state);
            state = replaced.State;
            if (replaced.Effects.Count > 0)
            {
                effects = replaced.Effects;
                continue;
            }

            Check(shown, due);
            // What was asked for before is of the token before.
            var current = _tokenEnds;
            _tokenEnds = token;
            var input = answer.Input();
            _tokenEnds = current;
            (state, effects) = state.Handle(input, _now, _random.NextDouble());
        }

        TimeSpan Slowly() => _ttl * (_random.NextDouble() * 0.01);

        SecretRenewalInput Read()
        {
            if (IsAway) return new SecretRenewalInput.ReadFailed(true, "away");
            pending = Give();
            return _random.Next(20) == 0
                ? new SecretRenewalInput.ReadFailed(true, "the answer is lost")
                : new SecretRenewalInput.Read(new SecretLease(pending.Id, _ttl, _renewable, _now));
        }
    }

    /// <summary>Replaces the token as often as it is due until then, and until that leads to something.</summary>
    private Transition<SecretRenewal, SecretRenewalEffect> ReplaceToken(Lease shown, TimeSpan until, SecretRenewal state)
    {
        var next = new Transition<SecretRenewal, SecretRenewalEffect>(state, []);
        while (next.Effects.Count == 0 && _replacements is [var at, ..] && at <= until)
        {
            Check(shown, at);
            _replacements.RemoveAt(0);
            _tokenEnds = at + TokenLife;
            next = next.State.Handle(new SecretRenewalInput.TokenReplaced(), _now, _random.NextDouble());
        }

        return next;
    }

    private Lease Give()
    {
        var lease = new Lease($"{_leases.Count}", _now) { Expires = _now + _ttl, TokenEnds = _tokenEnds };
        _leases.Add(lease.Id, lease);
        return lease;
    }

    private SecretRenewalInput Renew(string id)
    {
        if (IsAway) return new SecretRenewalInput.RenewFailed(LeaseFailure.Transient, "away");
        var lease = _leases[id];
        if (_now >= lease.Ends) return new SecretRenewalInput.RenewFailed(LeaseFailure.Gone, "lease not found");
        if (!_mayRenew) return new SecretRenewalInput.RenewFailed(LeaseFailure.Refused, "403");
        var ttl = lease.Issued + _maxTtl - _now < _ttl ? lease.Issued + _maxTtl - _now : _ttl;
        lease.Expires = _now + ttl;
        return _random.Next(20) == 0
            ? new SecretRenewalInput.RenewFailed(LeaseFailure.Transient, "the answer is lost")
            : new SecretRenewalInput.Renewed(ttl, true, _now);
    }

    /// <summary>Lets time go by; at its end the files still hold what lives, for a while.</summary>
    private void Check(Lease shown, TimeSpan until)
    {
        _now = until;
        var left = shown.Ends - _now;
        var awayLately = _outages.Where(outage => outage.From < _now).Any(outage => _now - outage.To < _ttl && outage.To - outage.From > _ttl / 12);
        Assert.True(left > _ttl * 0.1 || awayLately, $"{left} of {_ttl} are left at {_now}");
    }

    private sealed class Lease(string id, TimeSpan issued)
    {
        public string Id { get; } = id;

        public TimeSpan Issued { get; } = issued;

        public TimeSpan Expires { get; set; }

        public TimeSpan TokenEnds { get; init; }

        public TimeSpan Ends => Expires < TokenEnds ? Expires : TokenEnds;
    }
}
