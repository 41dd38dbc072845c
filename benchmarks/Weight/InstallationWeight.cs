namespace AkkaVault.Benchmarks.Weight;

/// <summary>What the heaviest of some controllers needs.</summary>
/// <param name="Controllers">How many there are.</param>
/// <param name="ReadySeconds">From exec until all are ready, and one cluster.</param>
/// <param name="StartCpuSeconds">Processor time until then.</param>
/// <param name="IdlePercent">Processor time with nothing to do, as a percentage of one core.</param>
/// <param name="ResidentMegabytes">Resident memory with nothing to do.</param>
/// <param name="AnonymousMegabytes">The part of it that is backed by no file.</param>
internal sealed record InstallationWeight(int Controllers, double ReadySeconds, double StartCpuSeconds, double IdlePercent, double ResidentMegabytes, double AnonymousMegabytes);
