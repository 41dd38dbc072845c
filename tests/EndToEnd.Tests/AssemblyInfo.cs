// Whole installations on two cores: one at a time, so that each test's deadline means something.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
[assembly: CollectionBehavior(DisableTestParallelization = true)]
