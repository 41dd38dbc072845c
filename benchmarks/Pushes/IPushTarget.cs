using AkkaVault.Shared.Push;

namespace AkkaVault.Benchmarks.Pushes;

/// <summary>What a <see cref="PushServer"/> answers for at one address. Thread-safe.</summary>
internal interface IPushTarget
{
    /// <summary>Begins to take a push; <see cref="End"/> follows.</summary>
    /// <param name="now">The time.</param>
    /// <returns>Null; or, when this push was not asked for, when another one is wanted.</returns>
    PushAnswer? Begin(DateTimeOffset now);

    /// <summary>Ends what <see cref="Begin"/> began.</summary>
    /// <param name="now">The time.</param>
    /// <param name="redeemed">Whether the wrapping token was good.</param>
    /// <returns>The answer; null: the push was not taken.</returns>
    PushAnswer? End(DateTimeOffset now, bool redeemed);
}
