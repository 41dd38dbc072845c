namespace AkkaVault.InitContainer;

/// <summary>Monotonic time: changes of the system's clock do not affect it.</summary>
internal static class MonotonicClock
{
    /// <summary>The time since a fixed moment before this process began.</summary>
    public static TimeSpan Now => TimeProvider.System.GetElapsedTime(0);
}
