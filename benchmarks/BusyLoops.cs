using AkkaVault.Sandbox.Programs;

namespace AkkaVault.Benchmarks;

/// <summary>Processes that keep the processor busy.</summary>
internal sealed class BusyLoops : IDisposable
{
    private readonly List<ChildProcess> _loops;

    private BusyLoops(List<ChildProcess> loops) => _loops = loops;

    public static BusyLoops Start(int count) =>
        new([.. Enumerable.Range(0, count).Select(_ => ChildProcess.Start(new ProgramCommand("/bin/sh", ["-c", "while :; do :; done"]), [], new Dictionary<string, string>()))]);

    public void Dispose() => _loops.ForEach(loop => loop.Kill());
}
