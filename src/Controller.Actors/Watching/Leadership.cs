namespace AkkaVault.Controller.Watching;

/// <summary>Whether this controller is the leader. Safe for any thread.</summary>
internal sealed class Leadership
{
    private volatile TaskCompletionSource? _held;

    /// <summary>Whether this controller is the leader now.</summary>
    public bool IsHeld => _held is { Task.IsCompleted: false };

    /// <summary>Completes when the leadership ends; completed where this controller does not lead.</summary>
    public Task Ended => _held?.Task ?? Task.CompletedTask;

    /// <summary>This controller has become the leader.</summary>
    public void Begin() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>This controller is no longer the leader.</summary>
    public void End() => _held?.TrySetResult();
}
