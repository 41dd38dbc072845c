using AkkaVault.Controller.Vault;
using FsCheck;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Vault;

/// <summary>The circuit in virtual time.</summary>
public class VaultCircuitTests
{
    private const int Max = 16;
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void It_opens_after_five_failures_in_a_row_and_an_answer_in_between_starts_the_count_anew()
    {
        var circuit = new VaultCircuit(Max);
        for (var i = 0; i < VaultCircuit.Threshold - 1; i++) circuit = Send(circuit, CircuitOutcome.Failed, Start);
        Assert.False(circuit.IsOpen);
        circuit = Send(circuit, CircuitOutcome.Answered, Start);
        for (var i = 0; i < VaultCircuit.Threshold; i++)
        {
            Assert.False(circuit.IsOpen);
            circuit = Send(circuit, CircuitOutcome.Failed, Start);
        }

        Assert.True(circuit.IsOpen);
        Assert.False(circuit.Admits(Start));
    }

    [Fact]
    public void It_is_as_new_when_it_is_closed_at_its_full_pace_and_remembers_no_failure()
    {
        var circuit = new VaultCircuit(Max);
        Assert.True(circuit.IsAsNew(Start));
        Assert.False(Enter(circuit).IsAsNew(Start));
        Assert.True(Send(circuit, CircuitOutcome.Answered, Start).IsAsNew(Start));
        Assert.False(Send(circuit, CircuitOutcome.Failed, Start).IsAsNew(Start));
        Assert.True(Send(Send(circuit, CircuitOutcome.Failed, Start), CircuitOutcome.Answered, Start).IsAsNew(Start));
        Assert.False(Send(circuit, CircuitOutcome.Throttled, Start).IsAsNew(Start));
        var (slow, now) = (Send(circuit, CircuitOutcome.Sealed, Start), Start + VaultCircuit.ProbeBackoff.Cap);
        Assert.False(slow.IsAsNew(now));
        for (var allowed = 1; allowed <= Max; allowed++)
        {
            slow = Send(slow, CircuitOutcome.Answered, now);
            Assert.Equal(allowed == Max, slow.IsAsNew(now));
        }
    }

    [Fact]
    public void A_seal_opens_it_at_once() => Assert.True(Send(new VaultCircuit(Max), CircuitOutcome.Sealed, Start).IsOpen);

    [Fact]
    public void While_open_one_probe_at_a_time_is_sent_and_less_and_less_often_up_to_four_seconds()
    {
        var (circuit, now) = (Send(new VaultCircuit(Max), CircuitOutcome.Sealed, Start), Start);
        var pauses = new List<TimeSpan>();
        for (var i = 0; i < 8; i++)
        {
            pauses.Add(circuit.NotBefore - now);
            now = circuit.NotBefore;
            Assert.True(circuit.Admits(now));
            var probing = Enter(circuit);
            Assert.False(probing.Admits(now.AddDays(1)));
            circuit = Leave(probing, CircuitOutcome.Failed, circuit.Changes, null, now, 1);
            Assert.True(circuit.IsOpen);
        }

        Assert.Equal(pauses.Order(), pauses);
        Assert.Equal(TimeSpan.FromSeconds(4), pauses[^1]);
    }

    [Fact]
    public void After_it_closes_the_pace_grows_with_each_answer_to_the_most_allowed()
    {
        var circuit = Send(new VaultCircuit(Max), CircuitOutcome.Sealed, Start);
        circuit = Send(circuit, CircuitOutcome.Answered, circuit.NotBefore);
        var rounds = new List<int>();
        for (var round = 0; round < 6; round++)
        {
            var asked = 0;
            for (; circuit.Admits(Start.AddDays(1)); asked++) circuit = Enter(circuit);
            rounds.Add(asked);
            for (; asked > 0; asked--) circuit = Leave(circuit, CircuitOutcome.Answered, circuit.Changes, null, Start.AddDays(1), 0);
        }

        Assert.Equal([1, 2, 4, 8, 16, 16], rounds);
    }

    [Fact]
    public void Retry_After_is_honoured_and_one_request_follows_it()
    {
        var throttled = Leave(Enter(new VaultCircuit(Max)), CircuitOutcome.Throttled, new VaultCircuit(Max).Changes, TimeSpan.FromSeconds(7), Start, 0);
        Assert.False(throttled.Admits(Start.AddSeconds(6.9)));
        Assert.True(throttled.Admits(Start.AddSeconds(7)));
        Assert.False(Enter(throttled).Admits(Start.AddSeconds(7)));
        Assert.True(Leave(Enter(new VaultCircuit(Max)), CircuitOutcome.Throttled, new VaultCircuit(Max).Changes, TimeSpan.FromDays(7), Start, 0).Admits(Start.AddMinutes(1)));
    }

    [Fact]
    public void The_first_answer_after_a_refusal_admits_no_more_than_before_and_the_next_ones_do()
    {
        var throttled = Leave(Enter(new VaultCircuit(Max)), CircuitOutcome.Throttled, new VaultCircuit(Max).Changes, null, Start, 0);
        var answered = Send(throttled, CircuitOutcome.Answered, Start.AddSeconds(1));
        Assert.Equal((1, 1), (throttled.Allowed, answered.Allowed));
        Assert.Equal(2, Send(answered, CircuitOutcome.Answered, Start.AddSeconds(1)).Allowed);
        Assert.Equal(1, Send(Send(answered, CircuitOutcome.Throttled, Start.AddSeconds(1)), CircuitOutcome.Answered, Start.AddSeconds(2)).Allowed);
    }

    [Fact]
    public void What_was_sent_before_it_opened_does_not_make_it_wait_longer_but_closes_it()
    {
        var closed = new VaultCircuit(Max);
        var circuit = Leave(Enter(Enter(Enter(closed))), CircuitOutcome.Sealed, closed.Changes, null, Start, 0);
        Assert.Equal(circuit.NotBefore, Leave(circuit, CircuitOutcome.Failed, closed.Changes, null, Start.AddSeconds(9), 0).NotBefore);
        Assert.False(Leave(circuit, CircuitOutcome.Answered, closed.Changes, null, Start, 0).IsOpen);
    }

    [Fact]
    public void What_was_sent_before_it_closed_does_not_open_it_again()
    {
        var before = new VaultCircuit(Max);
        var circuit = before;
        for (var i = 0; i < VaultCircuit.Threshold + 3; i++) circuit = Enter(circuit);
        circuit = Leave(circuit, CircuitOutcome.Sealed, before.Changes, null, Start, 0);
        circuit = Leave(circuit, CircuitOutcome.Answered, before.Changes, null, Start, 0);
        circuit = Leave(circuit, CircuitOutcome.Sealed, before.Changes, null, Start, 0);
        for (var i = 0; i < VaultCircuit.Threshold; i++) circuit = Leave(circuit, CircuitOutcome.Failed, before.Changes, null, Start, 0);
        Assert.False(circuit.IsOpen);
        Assert.True(Send(circuit, CircuitOutcome.Sealed, Start).IsOpen);
    }

    [Fact]
    public void A_probe_from_before_it_closed_and_opened_again_does_not_let_a_second_probe_through()
    {
        var before = new VaultCircuit(Max);
        var circuit = Leave(Enter(Enter(Enter(before))), CircuitOutcome.Sealed, before.Changes, null, Start, 0);
        var oldProbe = circuit.Changes;
        circuit = Enter(circuit);
        circuit = Leave(circuit, CircuitOutcome.Answered, before.Changes, null, Start, 0);
        circuit = Leave(circuit, CircuitOutcome.Answered, before.Changes, null, Start, 0);
        circuit = Send(circuit, CircuitOutcome.Sealed, Start);
        Assert.True(circuit.IsOpen);
        circuit = Enter(circuit);
        Assert.False(Leave(circuit, CircuitOutcome.Failed, oldProbe, null, Start.AddMinutes(1), 0).Admits(Start.AddMinutes(1)));
    }

    /// <summary>The circuit never lets through more than allowed at once, never more than one while it is open, and is never stuck.</summary>
    [Property(MaxTest = 1000)]
    public void It_is_bounded_and_never_stuck(DoNotSize<int> seed, byte steps)
    {
        var random = new Random(seed.Item);
        var (circuit, now) = (new VaultCircuit(Max), Start);
        var underWay = new List<int>();
        for (var i = 0; i < steps * 4; i++)
        {
            now += TimeSpan.FromMilliseconds(random.Next(2000));
            if (random.Next(2) == 0 && circuit.Admits(now))
            {
                underWay.Add(circuit.Changes);
                circuit = Enter(circuit);
            }
            else if (underWay.Count > 0)
            {
                var at = random.Next(underWay.Count);
                circuit = Leave(circuit, (CircuitOutcome)random.Next(5), underWay[at], random.Next(3) == 0 ? TimeSpan.FromSeconds(random.Next(100)) : null, now, random.NextDouble());
                underWay.RemoveAt(at);
            }

            Assert.Equal(underWay.Count, circuit.InFlight);
            Assert.InRange(circuit.InFlight, 0, Max);
            Assert.InRange(circuit.Allowed, 1, Max);
            Assert.True(!circuit.IsOpen || underWay.Count(changes => changes == circuit.Changes) <= 1, "two probes at once");
            if (underWay.Count == 0) Assert.True(circuit.Admits(now.AddMinutes(1)));
        }
    }

    private static VaultCircuit Send(VaultCircuit circuit, CircuitOutcome outcome, DateTimeOffset now) =>
        Leave(Enter(circuit), outcome, circuit.Changes, null, now, 1);

    private static VaultCircuit Enter(VaultCircuit circuit) => circuit.Handle(new CircuitInput.Admitted(), Start, 0).State;

    // Whoever is told of the circuit by its effects always knows whether it is open.
    private static VaultCircuit Leave(VaultCircuit circuit, CircuitOutcome outcome, int changes, TimeSpan? retryAfter, DateTimeOffset now, double jitter)
    {
        var (left, effects) = circuit.Handle(new CircuitInput.Ended(outcome, changes, retryAfter), now, jitter);
        Assert.Equal(circuit.IsOpen == left.IsOpen ? [] : [left.IsOpen ? CircuitEffect.ReportOpened : CircuitEffect.ReportClosed], effects);
        return left;
    }
}
