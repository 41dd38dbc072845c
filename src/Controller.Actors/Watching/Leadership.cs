namespace AkkaVault.Controller.Watching;

/// <summary>Whether this controller leads, for who has to wait until it does no more. For any thread.</summary>
public sealed class Leadership
{
    private volatile TaskCompletionSource? _held;

    /// <summary>Whether it leads now.</summary>
    public bool IsHeld => _held is { Task.IsCompleted: false };

    /// <summary>Ends when it leads no more; over where it does not lead.</summary>
    public Task Ended => _held?.Task ?? Task.CompletedTask;

    /// <summary>It leads from now on.</summary>
    public void Begin() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>It leads no more.</summary>
    public void End() => _held?.TrySetResult();
}
