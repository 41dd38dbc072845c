// Each test has its own simulator on its own port, and mostly waits for it.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
