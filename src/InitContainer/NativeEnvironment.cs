using System.Runtime.InteropServices;

namespace AkkaVault.InitContainer;

/// <summary>The environment as native libraries see it: .NET's own setter changes only a managed copy.</summary>
internal static partial class NativeEnvironment
{
    /// <summary>Sets a variable for .NET and for native code alike.</summary>
    public static void Set(string name, string value)
    {
        Environment.SetEnvironmentVariable(name, value);
        if (SetNative(name, value, 1) != 0)
            throw new InvalidOperationException($"setenv({name}) failed: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int SetNative(string name, string value, int overwrite);
}
