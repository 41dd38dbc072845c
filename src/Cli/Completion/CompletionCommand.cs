namespace AkkaVault.Cli.Completion;

/// <summary><c>akkavault completion</c>: the script by which kubectl completes its plugin.</summary>
internal static class CompletionCommand
{
    private const string Script = "kubectl_complete-akkavault";

    /// <summary>Prints the script.</summary>
    public static async Task<int> RunAsync(CancellationToken cancellation)
    {
        using var stream = typeof(CompletionCommand).Assembly.GetManifestResourceStream(Script)!;
        using var reader = new StreamReader(stream);
        await Console.Out.WriteAsync((await reader.ReadToEndAsync(cancellation).ConfigureAwait(false)).AsMemory(), cancellation).ConfigureAwait(false);
        return ExitCodes.Fine;
    }
}
