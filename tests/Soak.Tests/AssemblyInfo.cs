// Whole installations that are disturbed for long: one at a time, so that nobody else's work is taken for a disturbance.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
[assembly: CollectionBehavior(DisableTestParallelization = true)]
