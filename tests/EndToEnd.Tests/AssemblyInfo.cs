// Whole installations, each with addresses of its own: two at a time on two cores, so that the one works while the other waits.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
