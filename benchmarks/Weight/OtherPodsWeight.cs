namespace AkkaVault.Benchmarks.Weight;

/// <summary>A cluster with many pods that are not ours. What a controller needs there.</summary>
/// <param name="Pods">How many.</param>
/// <param name="ListSeconds">From the first page of the first list to the watch; null: the API server is a real one, and does not tell.</param>
/// <param name="With">One controller alone with them.</param>
/// <param name="Without">One controller alone without them, in the same run.</param>
/// <param name="TakeOverSeconds">From the SIGKILL of the leader of three controllers until a new pod is served.</param>
/// <param name="PagesAtTakeOver">How many pages of pods the next leader asked for until then; null: the API server is a real one, and does not tell.</param>
internal sealed record OtherPodsWeight(int Pods, double? ListSeconds, InstallationWeight With, InstallationWeight Without, double TakeOverSeconds, int? PagesAtTakeOver);
