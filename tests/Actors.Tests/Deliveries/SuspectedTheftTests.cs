using AkkaVault.Controller.Deliveries;
using AkkaVault.Shared.Push;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Actors.Tests.Deliveries;

/// <summary>
/// The pod finds that its wrapping token is dead. The controller reports a theft only if Vault confirms it and no other controller can have
/// revoked the token. Another controller can have revoked it if this controller was paused or cut off while its runs were assigned to others.
/// </summary>
public class SuspectedTheftTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Ttl = TimeSpan.FromMinutes(1);
    private static readonly DeliveryTarget Target = new(new RunId("uid", "containerd://1"), "default", "web", "10.0.0.1", "web", "node", Now);
    private readonly List<string> _reported = [];
    private DateTimeOffset _now = Now;
    private bool _answers = true;
    private bool _wasAlive;
    private int _unknown;
    private int _alive;
    private Delivery _delivery = Delivery.Begin(new DeliveryInput.Assign(Target, Now, [])).State;

    [Fact]
    public void No_theft_is_reported_before_a_command_of_the_leader()
    {
        Push("t1", new PushOutcome.NotListening("refused"));
        Push(null, Invalid);
        Push("t2", new PushOutcome.Succeeded());
        Assert.Empty(_reported);
    }

    [Fact]
    public void A_theft_is_reported_when_the_delivery_that_follows_is_in_the_ledger()
    {
        Push("t1", Invalid);
        Push("t2", new PushOutcome.Succeeded());
        Ack();
        Assert.Equal(["t1"], _reported);
    }

    [Fact]
    public void A_theft_is_reported_once_when_the_pod_has_no_secret_for_a_while()
    {
        Push("t1", Invalid);
        Push("t2", new PushOutcome.NoAnswer("timeout"));
        Assign("t2");
        Assert.Equal(["t1"], _reported);
        Assign("t2");
        Push(null, new PushOutcome.Succeeded());
        Ack();
        Assert.Equal(["t1"], _reported);
    }

    /// <summary>
    /// This process was cut off. Before, another pod actor had made the same delivery; the ack for that comes late, and other controllers may have
    /// revoked the token in between. The same if a leader of an earlier version does not say whose report it answers.
    /// </summary>
    [Theory]
    [InlineData("of another pod actor")]
    [InlineData(null)]
    public void After_an_ack_of_another_report_a_person_is_warned_that_the_cause_is_not_known(string? lastPushed)
    {
        Push("t1", Invalid);
        Push("t2", new PushOutcome.Succeeded());
        Give(new DeliveryInput.Ack(Now, lastPushed));
        Assert.Equal((0, 1), (_reported.Count, _unknown));
        Assert.Empty(_delivery.SuspectedThefts.All);
        Assert.True(_delivery.Acked);
    }

    /// <summary>Such commands were in the socket's buffer while the process was paused.</summary>
    [Fact]
    public void Commands_that_were_sent_before_the_find_prove_nothing()
    {
        Push("t1", Invalid);
        Assign();
        Assign("t1");
        Push("t2", new PushOutcome.NoAnswer("timeout"));
        Assign("t1");
        Ack();
        Assert.Empty(_reported);
    }

    [Fact]
    public void Thefts_one_after_the_other_are_all_reported()
    {
        Push("t1", Invalid);
        Push("t2", Invalid);
        Assign("t2");
        Assert.Equal(["t1"], _reported);
        Push("t3", Invalid);
        Assign("t3");
        Assert.Equal(["t1", "t2"], _reported);
        Push("t4", new PushOutcome.Succeeded());
        Ack();
        Assert.Equal(["t1", "t2", "t3"], _reported);
    }

    [Fact]
    public void When_the_run_is_over_the_theft_is_reported_or_a_person_is_warned_that_its_cause_is_not_known()
    {
        Push("t1", Invalid);
        Push("t2", Invalid);
        Give(new DeliveryInput.Cancel([Wrap("t1"), Wrap("t2")]));
        Give(new DeliveryInput.Cancel([]));
        Assert.Equal(["t1"], _reported);
        Assert.Equal(1, _unknown);
    }

    [Fact]
    public void A_theft_is_reported_with_the_AppRole_that_the_pod_had_then()
    {
        Push("t1", Invalid);
        Give(new DeliveryInput.RetryDue(_delivery.Operation));
        Issue("t2");
        var transition = _delivery.Handle(new DeliveryInput.Assign(Target with { Role = "db" }, Now, [Wrap("t2")]), Now, 0);
        Assert.Equal("web", Assert.Single(transition.Effects.OfType<DeliveryEffect.WarnTokenUsed>()).Target.Role);
    }

    [Fact]
    public void A_token_that_the_pod_may_have_used_itself_is_no_theft()
    {
        Push("t1", new PushOutcome.NoAnswer("timeout"));
        Push(null, Invalid);
        Push("t2", new PushOutcome.Succeeded());
        Ack();
        Assert.Empty(_reported);
    }

    [Fact]
    public void A_token_that_Vault_knows_is_no_theft_and_a_person_is_warned_of_the_contradiction()
    {
        _wasAlive = true;
        Push("t1", Invalid);
        Push("t2", new PushOutcome.Succeeded());
        Ack();
        Assert.Empty(_reported);
        Assert.Equal((1, 0), (_alive, _unknown));
    }

    [Fact]
    public void Where_Vault_answers_after_the_delivery_another_controller_may_have_revoked_the_token()
    {
        _answers = false;
        Push("t1", Invalid);
        Push("t2", new PushOutcome.Succeeded());
        Ack();
        Assert.Empty(_reported);
        Assert.Single(_delivery.Tokens.Revocations);
        Give(new DeliveryInput.Revoked("t1", false));
        Assert.Equal((0, 1), (_reported.Count, _unknown));
        Assert.Empty(_delivery.SuspectedThefts.All);
    }

    /// <summary>While Vault has not answered, this process may be cut off, and another controller may revoke the token, which was alive.</summary>
    [Fact]
    public void A_command_that_was_sent_before_Vault_answered_proves_nothing()
    {
        _answers = false;
        Push("t1", Invalid);
        Push("t2", new PushOutcome.NoAnswer("timeout"));
        Assign("t2");
        Give(new DeliveryInput.Revoked("t1", false));
        Assign("t2");
        Assert.Empty(_reported);
    }

    public static TheoryData<object[], TimeSpan> NoProof => new()
    {
        { [new DeliveryInput.Revoked("t1", null)], TimeSpan.Zero },
        { [new DeliveryInput.Revoked("t1", null), new DeliveryInput.Revoked("t1", false)], TimeSpan.Zero },
        { [new DeliveryInput.RevokeFailed("t1"), new DeliveryInput.Revoked("t1", false)], TimeSpan.Zero },
        { [new DeliveryInput.Revoked("t1", false)], Ttl },
        { [new DeliveryInput.RevokeFailed("t1")], Ttl },
    };

    /// <summary>
    /// Vault's answer proves nothing when the right to revoke is missing, when an
    /// earlier request may have revoked the token, or when it has expired meanwhile.
    /// </summary>
    [Theory]
    [MemberData(nameof(NoProof))]
    public void Where_Vaults_answer_is_no_proof_a_person_is_warned_that_the_cause_is_not_known(object[] answers, TimeSpan later)
    {
        _answers = false;
        Push("t1", Invalid);
        Push("t2", new PushOutcome.Succeeded());
        Ack();
        _now += later;
        foreach (var answer in answers.Cast<DeliveryInput>()) Give(answer);
        Assert.Empty(_reported);
        Assert.Equal((0, 1), (_alive, _unknown));
    }

    [Fact]
    public void Only_so_many_are_remembered_and_of_the_oldest_a_person_is_warned_that_its_cause_is_not_known()
    {
        for (var token = 1; token <= SuspectedThefts.Max + 2; token++) Push($"t{token}", Invalid);
        Assert.Equal(2, _unknown);
        Assert.Equal(Enumerable.Range(3, SuspectedThefts.Max).Select(token => $"t{token}"), _delivery.SuspectedThefts.All.Select(found => found.Accessor));
        Push("last", new PushOutcome.Succeeded());
        Ack();
        Assert.Equal(Enumerable.Range(3, SuspectedThefts.Max).Select(token => $"t{token}"), _reported);
        Assert.Equal(2, _unknown);
    }

    private void Ack() => Give(new DeliveryInput.Ack(Now, _delivery.LastPushed));

    private static PushOutcome Invalid => new PushOutcome.Rejected(409, PushRejection.WrappingTokenInvalid);

    private static PendingRevocation Wrap(string accessor) => new(accessor, Now + Ttl);

    private void Assign(params string[] known) => Give(new DeliveryInput.Assign(Target, Now, [.. known.Select(Wrap)]));

    /// <summary>Waits if necessary, issues a token unless the last one is pushed again, and ends the push.</summary>
    private void Push(string? issued, PushOutcome outcome)
    {
        if (_delivery.State == DeliveryState.Waiting) Give(new DeliveryInput.RetryDue(_delivery.Operation));
        if (issued is not null) Issue(issued);
        Assert.Equal(DeliveryState.Pushing, _delivery.State);
        Give(new DeliveryInput.PushEnded(_delivery.Operation, outcome));
    }

    private void Issue(string accessor) => Give(new DeliveryInput.TokenIssued(
        _delivery.Operation, new IssuedToken(new WrappingToken($"s.{accessor}", accessor, Ttl, Now, "auth/approle/role/web/secret-id"), Now + Ttl)));

    private void Give(DeliveryInput input)
    {
        var step = _delivery.Handle(input, _now, 0);
        _delivery = step.State;
        _reported.AddRange(step.Effects.OfType<DeliveryEffect.WarnTokenUsed>().Select(used => used.Accessor));
        _unknown += step.Effects.Count(effect => effect is DeliveryEffect.WarnTokenDead);
        _alive += step.Effects.Count(effect => effect is DeliveryEffect.WarnTokenAlive);
        // Vault answers at once.
        if (_answers) foreach (var revoke in step.Effects.OfType<DeliveryEffect.Revoke>()) Give(new DeliveryInput.Revoked(revoke.Accessor, _wasAlive));
    }
}
