using AkkaVault.Sandbox.Programs;

namespace AkkaVault.Benchmarks.Weight;

/// <summary>What is measured.</summary>
/// <param name="Servers">Real servers; null: simulated ones.</param>
/// <param name="Controller">The controller's program; null: the build that was made together with this benchmark.</param>
internal sealed record WeighedSetup(GivenServers? Servers, ProgramCommand? Controller);
