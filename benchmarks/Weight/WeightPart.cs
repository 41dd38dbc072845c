namespace AkkaVault.Benchmarks.Weight;

/// <summary>A part of the measurements.</summary>
internal enum WeightPart
{
    /// <summary>One controller and three: their start, and what they need with nothing to do.</summary>
    Idle,

    /// <summary>Pods that wait when the only controller starts.</summary>
    Backlog,

    /// <summary>Pods that begin to wait at once, with three controllers.</summary>
    AtOnce,

    /// <summary>Many pods that are not ours.</summary>
    Others,

    /// <summary>The start of an init container.</summary>
    Init,
}
