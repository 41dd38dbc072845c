namespace AkkaVault.InitContainer;

/// <summary>The time by a clock that nobody sets.</summary>
internal static class MonotonicClock
{
    /// <summary>The time since some moment before this process began.</summary>
    public static TimeSpan Now => TimeProvider.System.GetElapsedTime(0);
}
