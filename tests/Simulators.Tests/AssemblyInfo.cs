// Each has a simulator of its own, on a port of its own, and mostly waits for it.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
