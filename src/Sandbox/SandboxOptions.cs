using AkkaVault.Sandbox.Chaos;

namespace AkkaVault.Sandbox;

/// <summary>What the sandbox is to do.</summary>
/// <param name="Pods">How many pods.</param>
/// <param name="Rate">Pods a second; zero: all at once.</param>
/// <param name="Json">Whether the summary is one JSON object on stdout, and nothing else is.</param>
/// <param name="KeepRunning">Whether all stays up until it is interrupted.</param>
/// <param name="Controllers">How many controllers.</param>
/// <param name="Timeout">How long all pods may take to be served.</param>
/// <param name="Chaos">How it is disturbed; null: not at all. Pods arrive as this says, not as <paramref name="Pods"/> and <paramref name="Rate"/> do.</param>
/// <param name="Open">Whether a browser is to show the controllers' page.</param>
public sealed record SandboxOptions(int Pods, double Rate, bool Json, bool KeepRunning, int Controllers, TimeSpan Timeout, ChaosPlan? Chaos = null, bool Open = false);
