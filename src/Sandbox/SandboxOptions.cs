using AkkaVault.Sandbox.Chaos;

namespace AkkaVault.Sandbox;

/// <summary>The options of the sandbox.</summary>
/// <param name="Pods">The number of pods.</param>
/// <param name="Rate">Pods a second; zero: all at once.</param>
/// <param name="Json">Whether stdout gets the summary as one JSON object, and nothing else.</param>
/// <param name="KeepRunning">Whether everything stays up until the program is interrupted.</param>
/// <param name="Controllers">The number of controllers.</param>
/// <param name="Timeout">How long it may take until all pods are served.</param>
/// <param name="Chaos">The faults to inject; null: none. With a plan, pods arrive as the plan says; <paramref name="Pods"/> and <paramref name="Rate"/> do not count.</param>
/// <param name="Open">Whether a browser opens the page of the controllers.</param>
/// <param name="Sidecars">The number of sidecars beside the pods. With <paramref name="Chaos"/>, the number in the plan counts instead.</param>
internal sealed record SandboxOptions(int Pods, double Rate, bool Json, bool KeepRunning, int Controllers, TimeSpan Timeout, ChaosPlan? Chaos = null, bool Open = false, int Sidecars = 0);
