namespace AkkaVault.Soak.Tests;

/// <summary>The tests whose time bounds, or whose count of controllers that were wrongly taken for dead, other tests would disturb: one at a time, and nothing else meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
