using System.Runtime.CompilerServices;

namespace AkkaVault.EndToEnd.Tests;

/// <summary>
/// What holds for all programs that these tests start. Most of them live for seconds, and .NET would spend a quarter of their processor time on compiling a
/// second time what has been called often; in the first minute it does not.
/// </summary>
internal static class ShortLived
{
    [ModuleInitializer]
    internal static void Begin() => Environment.SetEnvironmentVariable("DOTNET_TC_CallCountingDelayMs", "60000");
}
