namespace AkkaVault.Tests.TestKit;

/// <summary>Waits for a condition, with a deadline.</summary>
public static class Eventually
{
    /// <summary>The deadline for a condition that may have to wait until the native programs are published.</summary>
    public static readonly TimeSpan WithPublish = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public static Task TrueAsync(Func<bool> condition, string what, TimeSpan? within = null) => TrueAsync(() => Task.FromResult(condition()), what, within);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? within = null)
    {
        using var deadline = new CancellationTokenSource(within ?? Deadline);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
        while (!await condition())
        {
            try
            {
                await timer.WaitForNextTickAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"not within {(within ?? Deadline).TotalSeconds} s: {what}");
            }
        }
    }

    public static async Task TrueAsync<T>(Func<Task<T>> look, Func<T, bool> condition, string what, TimeSpan? within = null)
    {
        using var deadline = new CancellationTokenSource(within ?? Deadline);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
        var seen = await look();
        while (!condition(seen))
        {
            try
            {
                await timer.WaitForNextTickAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"not within {(within ?? Deadline).TotalSeconds} s: {what}; at last: {seen}");
            }

            seen = await look();
        }
    }

    public static Task EndsAsync(this Task task, TimeSpan? within = null) => task.WaitAsync(within ?? Deadline);

    public static Task<T> EndsAsync<T>(this Task<T> task, TimeSpan? within = null) => task.WaitAsync(within ?? Deadline);
}
