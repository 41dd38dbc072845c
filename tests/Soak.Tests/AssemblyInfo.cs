// Tests with time bounds inject faults, and have the machine for themselves (AloneCollection). The others mostly wait until a certificate or a token ends, or until a
// controller's patience does. Each of them has an installation of its own, and two run at a time, before those.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
