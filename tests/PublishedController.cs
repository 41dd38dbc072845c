using System.Runtime.CompilerServices;
using AkkaVault.Sandbox.Programs;

namespace AkkaVault.Tests;

/// <summary>
/// Compiled into the end-to-end and the long tests, which start the controller as it is in the image. The build of the tests would need twice the processor time for each start,
/// and most tests start some. The first run after a change of the sources publishes it.
/// </summary>
internal static class PublishedController
{
    [ModuleInitializer]
    internal static void Use() => ControllerProgram.UsePublishedAsync(Console.WriteLine, CancellationToken.None).GetAwaiter().GetResult();
}
