// Each test runs a whole installation on its own addresses. Three run at a time on two cores, because each of them mostly waits.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
[assembly: CollectionBehavior(MaxParallelThreads = 3)]
