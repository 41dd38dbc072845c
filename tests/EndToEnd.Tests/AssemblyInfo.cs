// Whole installations, each with addresses of its own: three at a time on two cores, as each mostly waits.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
[assembly: CollectionBehavior(MaxParallelThreads = 3)]
