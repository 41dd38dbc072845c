using AkkaVault.Sandbox.Programs;

namespace AkkaVault.Benchmarks.Weight;

/// <summary>What is measured.</summary>
/// <param name="Servers">Real servers; null: simulated ones.</param>
/// <param name="Controller">The controller's program.</param>
internal sealed record WeighedSetup(ServerAddresses? Servers, ProgramCommand Controller);
