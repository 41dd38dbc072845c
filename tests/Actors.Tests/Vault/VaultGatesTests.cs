using System.Net;
using AkkaVault.Controller.Vault;
using AkkaVault.Shared.Vault;
using AkkaVault.Tests.TestKit;
using FsCheck;
using FsCheck.Xunit;
using Microsoft.Extensions.Logging.Abstractions;

namespace AkkaVault.Actors.Tests.Vault;

/// <summary>Pods name any number of roles. The gates of roles are created and removed.</summary>
public sealed class VaultGatesTests : IDisposable
{
    private const int Max = 4;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly TestClock _clock = new();
    private readonly VaultGates _gates;

    public VaultGatesTests() => _gates = new VaultGates(Max, new NoMetrics(), _clock, NullLogger<VaultGate>.Instance);

    public void Dispose() => _gates.Dispose();

    [Fact]
    public async Task A_role_whose_requests_were_answered_leaves_nothing()
    {
        for (var i = 0; i < 2000; i++) await SendAsync($"good-{i}", answered: true);
        // That Vault has no such role is an answer, too.
        for (var i = 0; i < 2000; i++)
        {
            await Assert.ThrowsAsync<VaultException>(() => _gates.RunAsync<bool>(
                $"bad-{i}", () => throw new VaultException("PUT secret-id", HttpStatusCode.NotFound, []), CancellationToken.None));
        }

        Assert.Equal((0, 1), (_gates.Roles, _clock.Timers));
    }

    [Fact]
    public async Task The_gate_is_there_as_long_as_one_of_the_role_is_under_way()
    {
        var answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = _gates.RunAsync("web", () => answer.Task, CancellationToken.None);
        await SendAsync("web", answered: true);
        Assert.Equal((1, 2), (_gates.Roles, _clock.Timers));
        answer.SetResult(true);
        await first.WaitAsync(Deadline);
        Assert.Equal((0, 1), (_gates.Roles, _clock.Timers));
    }

    [Fact]
    public async Task Failures_of_a_role_with_one_pod_are_counted_although_nobody_is_there_in_between()
    {
        for (var i = 0; i < VaultCircuit.Threshold; i++) await SendAsync("web", answered: false);
        var sent = false;
        var next = _gates.RunAsync("web", () => Task.FromResult(sent = true), CancellationToken.None);
        Assert.False(sent);
        // A gate with a waiting request is not removed.
        _clock.SetUtcNow(_clock.GetUtcNow() + VaultCircuit.ProbeBackoff.Cap);
        Assert.True(await next.WaitAsync(Deadline));
    }

    [Fact]
    public async Task What_failed_and_is_asked_for_no_more_is_forgotten_but_for_a_gate_in_which_somebody_waits()
    {
        var answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var held = _gates.RunAsync("held", () => answer.Task, CancellationToken.None);
        for (var i = 0; i < 100; i++) await SendAsync($"bad-{i}", answered: false);
        Assert.Equal(101, _gates.Roles);
        _clock.Advance(VaultGates.Memory);
        await SendAsync("other", answered: true);
        Assert.Equal(101, _gates.Roles);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await SendAsync("other", answered: true);
        Assert.Equal((1, 2), (_gates.Roles, _clock.Timers));
        answer.SetResult(true);
        Assert.True(await held.WaitAsync(Deadline));
        Assert.Equal((0, 1), (_gates.Roles, _clock.Timers));
    }

    /// <summary>
    /// Answers, failures, open circuits and callers that give up, on several
    /// threads. In a gate that was removed too early, a request would wait for ever.
    /// </summary>
    [Property(MaxTest = 60)]
    public async Task However_requests_interleave_none_waits_for_ever_and_in_the_end_no_gate_is_left(DoNotSize<int> seed)
    {
        const int Workers = 6;
        const int Roles = 3;
        using var gates = new VaultGates(Max, new NoMetrics(), _clock, NullLogger<VaultGate>.Instance);
        var before = _clock.Timers;
        var work = Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
        {
            var random = new Random(HashCode.Combine(seed.Item, worker));
            for (var i = 0; i < 40; i++)
            {
                using var giveUp = new CancellationTokenSource();
                var answered = random.Next(5) < 3;
                var sending = gates.RunAsync($"role-{random.Next(Roles)}", () => AnswerAsync(answered), giveUp.Token);
                if (random.Next(8) == 0) await giveUp.CancelAsync();
                await Ended(sending);
            }
        })));

        using var deadline = new CancellationTokenSource(Deadline);
        while (!work.IsCompleted)
        {
            Assert.False(deadline.IsCancellationRequested, "somebody waits for ever");
            Assert.InRange(gates.Roles, 0, Roles);
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        await work;
        _clock.Advance(VaultGates.Memory + TimeSpan.FromSeconds(1));
        Assert.True(await gates.RunAsync("last", () => Task.FromResult(true), CancellationToken.None).WaitAsync(Deadline));
        Assert.Equal((0, before), (gates.Roles, _clock.Timers));
    }

    private static async Task<bool> AnswerAsync(bool answered)
    {
        await Task.Yield();
        return answered ? true : throw new VaultException("PUT secret-id", HttpStatusCode.InternalServerError, ["failed to verify subset relationship"]);
    }

    private async Task SendAsync(string role, bool answered) => await Ended(_gates.RunAsync(role, () => AnswerAsync(answered), CancellationToken.None)).WaitAsync(Deadline);

    private static async Task Ended(Task<bool> sending)
    {
        try
        {
            Assert.True(await sending);
        }
        catch (Exception e) when (e is VaultException or OperationCanceledException)
        {
            Assert.True(sending.IsFaulted || sending.IsCanceled);
        }
    }

    private sealed class NoMetrics : IVaultObserver
    {
        public void RequestEnded(TimeSpan elapsed, VaultFailure? failure)
        {
        }

        public void CircuitChanged(bool open)
        {
        }
    }
}
