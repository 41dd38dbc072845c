using AkkaVault.Controller.Vault;
using AkkaVault.Shared.Vault;
using AkkaVault.Tests.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace AkkaVault.Actors.Tests.Vault;

/// <summary>The gate with a thousand waiting requests, in virtual time.</summary>
public sealed class VaultGateTests : IDisposable
{
    private const int Max = 16;
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(60);
    private readonly TestClock _clock = new();
    private readonly Recorder _recorder = new();
    private readonly VaultGate _gate;

    public VaultGateTests() => _gate = new VaultGate("Vault", VaultGates.OfVault, Max, _recorder, _clock, NullLogger<VaultGate>.Instance);

    public void Dispose() => _gate.Dispose();

    /// <summary>A backlog of 1,000 pods after an outage of a minute: few requests during the outage, and then a growing rate.</summary>
    [Fact]
    public async Task A_backlog_follows_at_a_pace_that_grows_after_an_outage()
    {
        const int Backlog = 1000;
        var start = _clock.GetUtcNow();
        var (sent, underWay, most) = (0, 0, 0);
        var open = new Queue<TaskCompletionSource>();
        async Task<bool> RequestAsync()
        {
            Interlocked.Increment(ref sent);
            if (_clock.GetUtcNow() - start < Outage) throw new VaultException("PUT secret-id", "connection refused");
            most = Math.Max(most, Interlocked.Increment(ref underWay));
            var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (open) open.Enqueue(answer);
            await answer.Task;
            Interlocked.Decrement(ref underWay);
            return true;
        }

        var waiting = Enumerable.Range(0, Backlog).Select(_ => _gate.RunAsync(RequestAsync, CancellationToken.None)).ToList();
        // The requests that were let through before the fifth failure have failed. All others wait.
        while (_clock.GetUtcNow() - start < Outage)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            await QuietAsync(() => waiting.Count(task => task.IsFaulted) == sent);
        }

        Assert.InRange(sent, VaultCircuit.Threshold, Max + 25);
        var failed = waiting.Count(task => task.IsFaulted);
        Assert.True(_recorder.Open);

        var rounds = new List<int>();
        while (waiting.Any(task => !task.IsCompleted))
        {
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            // The probe comes when it is due. After its answer comes one request, and then twice as many each time.
            var expected = rounds.Count switch { 0 => 0, 1 => 1, _ => Math.Min(Max, rounds[^1] * 2) };
            var left = waiting.Count(task => !task.IsCompleted);
            await QuietAsync(() => Answers(open).Count >= Math.Min(expected, left));
            var round = Answers(open, take: true);
            if (round.Count > 0) rounds.Add(round.Count);
            var before = waiting.Count(task => task.IsCompleted);
            foreach (var answer in round) answer.SetResult();
            await QuietAsync(() => waiting.Count(task => task.IsCompleted) == before + round.Count);
        }

        Assert.Equal([1, 1, 2, 4, 8, 16, 16], rounds.Take(7));
        Assert.Equal(Max, most);
        Assert.Equal(Backlog - failed, waiting.Count(task => task.IsCompletedSuccessfully));
        Assert.False(_recorder.Open);
    }

    [Fact]
    public async Task One_that_is_given_up_while_it_waits_is_never_sent_and_takes_nobodys_place()
    {
        var holding = new TaskCompletionSource<bool>();
        var held = Enumerable.Range(0, Max).Select(_ => _gate.RunAsync(() => holding.Task, CancellationToken.None)).ToList();
        using var giveUp = new CancellationTokenSource();
        var sent = false;
        var given = _gate.RunAsync(() => Task.FromResult(sent = true), giveUp.Token);
        var last = _gate.RunAsync(() => Task.FromResult(true), CancellationToken.None);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        holding.SetResult(true);
        Assert.All(await Task.WhenAll(held.Append(last)), Assert.True);
        Assert.False(sent);
    }

    /// <summary>NTP or the migration of a virtual machine can set a clock back.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(60 * 24)]
    public async Task A_clock_that_is_set_back_by_hours_keeps_nobody_waiting(int hours)
    {
        var clock = new TestClock();
        using var gate = new VaultGate("Vault", VaultGates.OfVault, Max, _recorder, clock, NullLogger<VaultGate>.Instance);
        await Assert.ThrowsAsync<VaultException>(() => gate.RunAsync<bool>(
            () => throw new VaultException("PUT secret-id", System.Net.HttpStatusCode.ServiceUnavailable, ["Vault is sealed"]), CancellationToken.None));
        Assert.True(_recorder.Open);
        clock.SetBack(TimeSpan.FromHours(hours));
        var waiting = gate.RunAsync(() => Task.FromResult(true), CancellationToken.None);
        clock.Advance(VaultCircuit.ProbeBackoff.Cap);
        Assert.True(await waiting.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task A_role_that_Vault_always_answers_with_500_keeps_no_other_from_it()
    {
        using var gates = new VaultGates(Max, _recorder, _clock, NullLogger<VaultGate>.Instance);
        var asked = 0;
        var bad = Enumerable.Range(0, 50).Select(_ => gates.RunAsync<bool>(
            "bad",
            () =>
            {
                Interlocked.Increment(ref asked);
                throw new VaultException("PUT secret-id", System.Net.HttpStatusCode.InternalServerError, ["failed to verify subset relationship"]);
            },
            CancellationToken.None)).ToList();
        await QuietAsync(() => bad.Count(task => task.IsFaulted) == asked && asked >= VaultCircuit.Threshold);
        // The requests that were let through with the fifth have failed. The others of the role wait for its probes.
        Assert.InRange(asked, VaultCircuit.Threshold, Max + VaultCircuit.Threshold);
        Assert.False(_recorder.Open);
        for (var i = 0; i < 20; i++) Assert.True(await gates.RunAsync("good", () => Task.FromResult(true), CancellationToken.None));
    }

    private static List<TaskCompletionSource> Answers(Queue<TaskCompletionSource> open, bool take = false)
    {
        lock (open)
        {
            var all = open.ToList();
            if (take) open.Clear();
            return all;
        }
    }

    /// <summary>Continuations run on other threads. Waits until they have run.</summary>
    private static async Task QuietAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private sealed class Recorder : IVaultObserver
    {
        public bool Open { get; private set; }

        public void RequestEnded(TimeSpan elapsed, VaultFailure? failure)
        {
        }

        public void CircuitChanged(bool open) => Open = open;
    }
}
