using System.Reflection;

namespace AkkaVault.Sandbox.Programs;

/// <summary>The controller's program, in the checkout that this assembly was built from.</summary>
public static class ControllerProgram
{
    /// <summary>The build that was made together with the sandbox.</summary>
    public static ProgramCommand Command { get; } = new("dotnet",
    [
        Path.Combine(Metadata("RepositoryRoot"), "artifacts", "bin", "Controller.Actors", Metadata("Configuration").ToLowerInvariant(), "AkkaVault.Controller.dll"),
    ]);

    private static string Metadata(string key) => typeof(ControllerProgram).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
