// Each test injects faults into a whole installation for a long time. Only one runs at a time, so that no test disturbs another.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
[assembly: CollectionBehavior(DisableTestParallelization = true)]
