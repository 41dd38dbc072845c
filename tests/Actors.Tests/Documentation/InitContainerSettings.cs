using System.Reflection;

namespace AkkaVault.Actors.Tests.Documentation;

/// <summary>Reads internal members of the init container from its built program.</summary>
internal static class InitContainerSettings
{
    // The program is built together with the sandbox, in the same configuration as this assembly.
    private static readonly Assembly s_program = Assembly.LoadFrom(Path.Combine(
        Page.Root, "artifacts", "bin", "InitContainer", new DirectoryInfo(AppContext.BaseDirectory).Name, "akkavault-init.dll"));

    /// <summary>Reads the environment as the init container does.</summary>
    /// <param name="variable">The value of a variable, or null.</param>
    /// <returns>The settings as text, null when there are problems, and the problems.</returns>
    public static (string? Settings, IReadOnlyList<string> Problems) Read(Func<string, string?> variable)
    {
        object?[] arguments = [variable, null];
        var settings = Type("Settings").GetMethod("Read", BindingFlags.Public | BindingFlags.Static)!.Invoke(null, arguments);
        return (settings?.ToString(), (IReadOnlyList<string>)arguments[1]!);
    }

    public static string Constant(string name) => (string)Type("Settings").GetField(name, BindingFlags.NonPublic | BindingFlags.Static)!.GetRawConstantValue()!;

    public static IReadOnlyList<int> ExitCodes => [.. Type("ExitCodes").GetFields(BindingFlags.Public | BindingFlags.Static).Select(code => (int)code.GetRawConstantValue()!)];

    private static Type Type(string name) => s_program.GetType($"AkkaVault.InitContainer.{name}", throwOnError: true)!;
}
