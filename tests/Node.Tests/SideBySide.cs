namespace AkkaVault.Node.Tests;

/// <summary>
/// The scenarios of a class whose tests mostly wait for the kubelet, and do not touch what another one looks at: they run at the same time. The first test starts
/// all of them, and each test waits for its own.
/// </summary>
public sealed class SideBySide : IAsyncLifetime
{
    private readonly Dictionary<string, Task> _started = new(StringComparer.Ordinal);

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>A run of some of the tests only waits for all that it has started.</summary>
    public async Task DisposeAsync() => await Task.WhenAll(_started.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Waits for the scenario of one test.</summary>
    /// <param name="before">What all scenarios need; the first test does it.</param>
    /// <param name="scenarios">All of the class, by the names of their tests.</param>
    /// <param name="test">The test's name.</param>
    public async Task OwnAsync(Func<Task> before, IReadOnlyDictionary<string, Func<Task>> scenarios, string test)
    {
        if (_started.Count == 0)
        {
            await before();
            foreach (var (name, scenario) in scenarios) _started[name] = scenario();
        }

        await _started[test];
    }
}
