using System.Diagnostics;

namespace AkkaVault.Tests.TestKit;

/// <summary>Runs a program to its end. After the time limit it kills the program and all processes that the program started.</summary>
public static class ProgramRun
{
    public sealed record Result(int Exit, string Out, string Error);

    /// <exception cref="TimeoutException">The program did not end in time.</exception>
    public static async Task<Result> ToEndAsync(ProcessStartInfo start, TimeSpan? within = null)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError, start.RedirectStandardInput) = (true, true, true);
        using var process = Process.Start(start)!;
        try
        {
            process.StandardInput.Close();
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await Task.WhenAll(process.WaitForExitAsync(), output, error).EndsAsync(within);
            return new Result(process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
