using System.Runtime.CompilerServices;

namespace AkkaVault.EndToEnd.Tests;

/// <summary>
/// Settings for all programs that these tests start. Most of the programs run for seconds. .NET would spend a quarter
/// of their processor time on compiling often called methods a second time, so it must not do that in the first minute.
/// </summary>
internal static class ShortLived
{
    [ModuleInitializer]
    internal static void Begin() => Environment.SetEnvironmentVariable("DOTNET_TC_CallCountingDelayMs", "60000");
}
