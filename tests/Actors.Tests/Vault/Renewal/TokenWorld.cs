using AkkaVault.Controller.Vault.Renewal;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Actors.Tests.Vault.Renewal;

/// <summary>
/// A Vault with tokens that expire, a token file and logins, around <see
/// cref="TokenRenewal"/>. Time is virtual, and one seeded random source makes every choice.
/// </summary>
internal sealed class TokenWorld
{
    public static readonly TimeSpan Period = TimeSpan.FromHours(6);
    private static readonly TokenProblem s_away = new(VaultFailure.Transient, false, "connection refused");
    private static readonly TokenProblem s_denied = new(VaultFailure.Permanent, true, "403: permission denied");

    private readonly Random _random;
    private readonly Dictionary<string, DateTimeOffset> _alive = [];
    private readonly PriorityQueue<TokenRenewalInput, DateTimeOffset> _timers = new();
    private readonly List<TokenRenewalEffect> _calls = [];
    private readonly Dictionary<Type, int> _texts = [];
    private TokenRenewalInput.TimerDue? _timer;
    private TokenRenewalInput.ConfirmationDue? _confirmation;
    private string _file;
    private int _tokens;
    private int _unanswered;

    public TokenWorld(int seed, TokenOrigin origin)
    {
        _random = new Random(seed);
        Renewal = new TokenRenewal(origin);
        _file = NewToken();
        Give(new TokenRenewalInput.Started());
    }

    public TokenRenewal Renewal { get; private set; }
    public DateTimeOffset Now { get; private set; } = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);
    public bool Away { get; set; }
    public string? Published { get; private set; }
    public string Problem { get; private set; } = "the Vault token has not been checked yet";
    public int Renewals { get; private set; }
    public IReadOnlyList<string> Refused { get; private set; } = [];
    public List<TokenState> Answers { get; } = [];
    public List<string> Logged { get; } = [];
    public List<string> Violations { get; } = [];

    /// <summary>The longest lifetime of a login's token; zero: no limit.</summary>
    public TimeSpan MaxTtl { get; set; }
    /// <summary>Whether Vault answers renewals with 500, and everything else properly.</summary>
    public bool RenewalsFail { get; set; }
    /// <summary>Whether the policies of the tokens forbid their own look-up.</summary>
    public bool LookUpsAreDenied { get; set; }
    public bool LoginsAreRenewable { get; set; } = true;
    public TokenRole Role { get; set; } = new("kubernetes-vault", true, Period, TimeSpan.Zero);
    public bool PublishedIsAlive => Published is { } token && IsAlive(token);

    public void RevokeAll() => _alive.Clear();

    public void WriteFile()
    {
        _file = NewToken();
        Give(new TokenRenewalInput.FileSeen(new VaultTokenValue(_file)));
    }

    public void RequestConfirmation()
    {
        _unanswered++;
        Give(new TokenRenewalInput.ConfirmRequested());
    }

    /// <summary>Ends all calls that are under way, and then advances the time from timer to timer, up to a given time.</summary>
    public void RunUntil(DateTimeOffset end)
    {
        while (true)
        {
            while (_calls.Count > 0) DoCall();
            CheckOneThingUnderWay();
            if (Renewal.Origin == TokenOrigin.File && Refused.Count == 0) Give(new TokenRenewalInput.FileSeen(new VaultTokenValue(_file)));
            if (_calls.Count > 0) continue;
            if (!_timers.TryPeek(out _, out var due) || due > end) break;
            Now = due > Now ? due : Now;
            var input = _timers.Dequeue();
            if (input is TokenRenewalInput.OverdueCheckDue || ReferenceEquals(input, _timer) || ReferenceEquals(input, _confirmation)) Give(input);
        }

        Now = end;
    }

    public void RunFor(TimeSpan time) => RunUntil(Now + time);

    /// <summary>Makes one random event happen.</summary>
    public void Step()
    {
        switch (_random.Next(9))
        {
            case 0: Away = !Away; break;
            case 1: if (_random.Next(4) == 0) RevokeAll(); break;
            case 2: if (Renewal.Origin == TokenOrigin.File) WriteFile(); break;
            case 3: RequestConfirmation(); break;
            default: RunFor(TimeSpan.FromMinutes(_random.Next(0, 200))); break;
        }

        if (_random.Next(2) == 0 && _calls.Count > 0) DoCall();
    }

    private string NewToken()
    {
        var token = $"hvs.{++_tokens}";
        _alive[token] = Now + (MaxTtl > TimeSpan.Zero && MaxTtl < Period ? MaxTtl : Period);
        return token;
    }

    private bool IsAlive(string token) => _alive.TryGetValue(token, out var end) && Now < end;

    private void Give(TokenRenewalInput input)
    {
        var transition = Renewal.Handle(input, Now, _random.NextDouble());
        Renewal = transition.State;
        foreach (var effect in transition.Effects) Perform(effect);
        if (Published is null && Problem.Length == 0) Violations.Add("no token, and no problem is shown");
        // To write all of them as text would take most of the time.
        if ((_texts[input.GetType()] = _texts.GetValueOrDefault(input.GetType()) + 1) <= 200 && transition.ToString()!.Contains("hvs.", StringComparison.Ordinal)) Violations.Add("a token is in a text");
    }

    private void Perform(TokenRenewalEffect effect)
    {
        switch (effect)
        {
            case TokenRenewalEffect.ScheduleTimer timer:
                if (timer.Delay <= TimeSpan.Zero) Violations.Add($"a timer of {timer.Delay}");
                _timer = new TokenRenewalInput.TimerDue(timer.Operation);
                _timers.Enqueue(_timer, Now + timer.Delay);
                break;
            case TokenRenewalEffect.ScheduleOverdueCheck overdue: _timers.Enqueue(new TokenRenewalInput.OverdueCheckDue(), Now + overdue.Delay); break;
            case TokenRenewalEffect.ScheduleConfirmation confirmation:
                _confirmation = new TokenRenewalInput.ConfirmationDue();
                _timers.Enqueue(_confirmation, Now + confirmation.Delay);
                break;
            case TokenRenewalEffect.Publish publish: Published = publish.Token.Value; break;
            case TokenRenewalEffect.Withdraw: Published = null; break;
            case TokenRenewalEffect.SetProblem set: Problem = set.Problem; break;
            case TokenRenewalEffect.Log entry: Logged.Add(entry.Text); break;
            case TokenRenewalEffect.Refuse refuse: Refused = refuse.Problems; break;
            // Nobody has asked after a look-up that the renewal made by itself.
            case TokenRenewalEffect.Answer when _unanswered == 0: break;
            case TokenRenewalEffect.Answer answer:
                _unanswered = 0;
                Answers.Add(answer.State);
                break;
            default: _calls.Add(effect); break;
        }
    }

    private void CheckOneThingUnderWay()
    {
        if (Refused.Count == 0 && _timers.UnorderedItems.Count(timer => ReferenceEquals(timer.Element, _timer) && _timer!.Operation == Renewal.Operation) != 1)
            Violations.Add("nothing is under way");
        if (_unanswered > 0) Violations.Add("a request for confirmation was not answered");
    }

    private void DoCall()
    {
        var call = _calls[0];
        _calls.RemoveAt(0);
        Give(Away || (RenewalsFail && call is TokenRenewalEffect.Renew) ? Failure(call, s_away) : Answer(call));
    }

    private TokenRenewalInput Answer(TokenRenewalEffect call)
    {
        switch (call)
        {
            case TokenRenewalEffect.Obtain obtain when Renewal.Origin == TokenOrigin.Login:
                var token = NewToken();
                return new TokenRenewalInput.LoggedIn(obtain.Operation, Now, new VaultAuth(token, "accessor", _alive[token] - Now, LoginsAreRenewable, ["default"]));
            case TokenRenewalEffect.Obtain obtain:
                return new TokenRenewalInput.Obtained(obtain.Operation, new VaultTokenValue(_file));
            case TokenRenewalEffect.Check check when IsAlive(check.Token.Value):
                var lookup = new TokenLookup("accessor", Period, _alive[check.Token.Value] - Now, true, Role.Name, ["default"], "service", "auth/token/create");
                return new TokenRenewalInput.Checked(check.Operation, Now, lookup, new TokenRoleAnswer(Role, null));
            case TokenRenewalEffect.Renew renew when IsAlive(renew.Token.Value):
                Renewals++;
                var left = _alive[renew.Token.Value] - Now;
                // A max TTL counts from the token's creation. No renewal goes beyond it.
                var lease = MaxTtl > TimeSpan.Zero ? left : Period;
                _alive[renew.Token.Value] = Now + lease;
                return new TokenRenewalInput.Renewed(renew.Operation, Now, lease, true);
            case TokenRenewalEffect.Confirm confirm when IsAlive(confirm.Token.Value) && !LookUpsAreDenied:
                return new TokenRenewalInput.Confirmed(confirm.Token);
            default:
                return Failure(call, s_denied);
        }
    }

    private static TokenRenewalInput Failure(TokenRenewalEffect call, TokenProblem problem) => call switch
    {
        // A file can be read even when Vault is down.
        TokenRenewalEffect.Obtain obtain => new TokenRenewalInput.ObtainFailed(obtain.Operation, problem),
        TokenRenewalEffect.Check check => new TokenRenewalInput.CheckFailed(check.Operation, problem),
        TokenRenewalEffect.Renew renew => new TokenRenewalInput.RenewFailed(renew.Operation, problem),
        TokenRenewalEffect.Confirm confirm => new TokenRenewalInput.NotConfirmed(confirm.Token, problem),
        _ => throw new ArgumentOutOfRangeException(nameof(call), call.GetType().Name, "not a call"),
    };
}
