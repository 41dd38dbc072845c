using AkkaVault.Controller.Vault;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Actors.Tests.Vault;

/// <summary>
/// A Vault with tokens that die, a token file and logins, around <see cref="TokenKeeping"/>; time is virtual, and every choice
/// comes from one seeded random source.
/// </summary>
internal sealed class TokenWorld
{
    public static readonly TimeSpan Period = TimeSpan.FromHours(6);
    private static readonly TokenTrouble s_away = new(VaultFailure.Transient, false, "connection refused");
    private static readonly TokenTrouble s_denied = new(VaultFailure.Permanent, true, "403: permission denied");

    private readonly Random _random;
    private readonly Dictionary<string, DateTimeOffset> _alive = [];
    private readonly PriorityQueue<TokenInput, DateTimeOffset> _timers = new();
    private readonly List<TokenEffect> _calls = [];
    private TokenInput.WaitOver? _wait;
    private string _file;
    private int _tokens;

    public TokenWorld(int seed, TokenOrigin origin)
    {
        _random = new Random(seed);
        Keeping = new TokenKeeping(origin);
        _file = NewToken();
        Give(new TokenInput.Started());
    }

    public TokenKeeping Keeping { get; private set; }
    public DateTimeOffset Now { get; private set; } = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);
    public bool Away { get; set; }
    public string? Published { get; private set; }
    public string Problem { get; private set; } = "the Vault token has not been checked yet";
    public int Renewals { get; private set; }
    public int Unanswered { get; private set; }
    public IReadOnlyList<string> Refused { get; private set; } = [];
    public List<TokenVerdict> Verdicts { get; } = [];
    public List<string> Said { get; } = [];
    public List<string> Violations { get; } = [];

    /// <summary>The longest that any login token may live; zero: no bound.</summary>
    public TimeSpan MaxTtl { get; set; }
    /// <summary>Whether Vault answers renewals, and nothing else, with 500.</summary>
    public bool RenewalsFail { get; set; }
    public bool LoginsAreRenewable { get; set; } = true;
    public TokenRole Role { get; set; } = new("kubernetes-vault", true, Period, TimeSpan.Zero);
    public bool PublishedIsAlive => Published is { } token && IsAlive(token);

    public void RevokeAll() => _alive.Clear();

    public void WriteFile()
    {
        _file = NewToken();
        Give(new TokenInput.FileSeen(new VaultTokenValue(_file)));
    }

    public void Doubt()
    {
        Unanswered++;
        Give(new TokenInput.Doubted());
    }

    /// <summary>Does all calls that are under way, then lets time pass to the next timer, until a moment.</summary>
    public void RunUntil(DateTimeOffset end)
    {
        while (true)
        {
            while (_calls.Count > 0) DoCall();
            CheckOneThingUnderWay();
            if (Keeping.Origin == TokenOrigin.File && Refused.Count == 0) Give(new TokenInput.FileSeen(new VaultTokenValue(_file)));
            if (_calls.Count > 0) continue;
            if (!_timers.TryPeek(out _, out var due) || due > end) break;
            Now = due > Now ? due : Now;
            if (_timers.Dequeue() is var input && (input is not TokenInput.WaitOver || ReferenceEquals(input, _wait))) Give(input);
        }

        Now = end;
    }

    public void RunFor(TimeSpan time) => RunUntil(Now + time);

    /// <summary>One random event.</summary>
    public void Step()
    {
        switch (_random.Next(9))
        {
            case 0: Away = !Away; break;
            case 1: if (_random.Next(4) == 0) RevokeAll(); break;
            case 2: if (Keeping.Origin == TokenOrigin.File) WriteFile(); break;
            case 3: Doubt(); break;
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

    private void Give(TokenInput input)
    {
        var step = Keeping.On(input, Now, _random.NextDouble());
        Keeping = step.Keeping;
        foreach (var effect in step.Effects) Perform(effect);
        if (Published is null && Problem.Length == 0) Violations.Add("no token, and no problem is told");
        if (step.ToString()!.Contains("hvs.", StringComparison.Ordinal)) Violations.Add("a token is in a text");
    }

    private void Perform(TokenEffect effect)
    {
        switch (effect)
        {
            case TokenEffect.Wait wait:
                if (wait.Delay <= TimeSpan.Zero) Violations.Add($"a wait of {wait.Delay}");
                _wait = new TokenInput.WaitOver(wait.Operation);
                _timers.Enqueue(_wait, Now + wait.Delay);
                break;
            case TokenEffect.WaitForOverdue wait: _timers.Enqueue(new TokenInput.Overdue(), Now + wait.Delay); break;
            case TokenEffect.Publish publish: Published = publish.Token.Value; break;
            case TokenEffect.Withdraw: Published = null; break;
            case TokenEffect.Tell tell: Problem = tell.Problem; break;
            case TokenEffect.Say say: Said.Add(say.Text); break;
            case TokenEffect.Refuse refuse: Refused = refuse.Problems; break;
            case TokenEffect.Answer answer:
                Unanswered = 0;
                Verdicts.Add(answer.Verdict);
                break;
            default: _calls.Add(effect); break;
        }
    }

    private void CheckOneThingUnderWay()
    {
        if (Refused.Count == 0 && _timers.UnorderedItems.Count(timer => ReferenceEquals(timer.Element, _wait) && _wait!.Operation == Keeping.Operation) != 1)
            Violations.Add("nothing is under way");
        if (Unanswered > 0) Violations.Add("a doubt was not answered");
    }

    private void DoCall()
    {
        var call = _calls[0];
        _calls.RemoveAt(0);
        Give(Away || (RenewalsFail && call is TokenEffect.Renew) ? Failure(call, s_away) : Answer(call));
    }

    private TokenInput Answer(TokenEffect call)
    {
        switch (call)
        {
            case TokenEffect.Obtain obtain when Keeping.Origin == TokenOrigin.Login:
                var token = NewToken();
                return new TokenInput.LoggedIn(obtain.Operation, Now, new VaultAuth(token, "accessor", _alive[token] - Now, LoginsAreRenewable, ["default"]));
            case TokenEffect.Obtain obtain:
                return new TokenInput.Obtained(obtain.Operation, new VaultTokenValue(_file));
            case TokenEffect.Check check when IsAlive(check.Token.Value):
                var lookup = new TokenLookup("accessor", Period, _alive[check.Token.Value] - Now, true, Role.Name, ["default"], "service", "auth/token/create");
                return new TokenInput.Checked(check.Operation, Now, lookup, new TokenRoleAnswer(Role, null));
            case TokenEffect.Renew renew when IsAlive(renew.Token.Value):
                Renewals++;
                var left = _alive[renew.Token.Value] - Now;
                // A max TTL is counted from the token's birth, and cannot be renewed past.
                var lease = MaxTtl > TimeSpan.Zero ? left : Period;
                _alive[renew.Token.Value] = Now + lease;
                return new TokenInput.Renewed(renew.Operation, Now, lease, true);
            case TokenEffect.Confirm confirm when IsAlive(confirm.Token.Value):
                return new TokenInput.Confirmed(confirm.Token);
            default:
                return Failure(call, s_denied);
        }
    }

    private static TokenInput Failure(TokenEffect call, TokenTrouble trouble) => call switch
    {
        // A file is there, whether Vault is or not.
        TokenEffect.Obtain obtain => new TokenInput.ObtainFailed(obtain.Operation, trouble),
        TokenEffect.Check check => new TokenInput.CheckFailed(check.Operation, trouble),
        TokenEffect.Renew renew => new TokenInput.RenewFailed(renew.Operation, trouble),
        TokenEffect.Confirm confirm => new TokenInput.NotConfirmed(confirm.Token, trouble),
        _ => throw new ArgumentOutOfRangeException(nameof(call), call.GetType().Name, "no call"),
    };
}
