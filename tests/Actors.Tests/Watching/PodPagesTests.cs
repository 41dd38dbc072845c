using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Controller.Watching;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Tests.TestKit;
using Microsoft.AspNetCore.Http;

namespace AkkaVault.Actors.Tests.Watching;

/// <summary>A list of three pages, over HTTP from a simulated API server.</summary>
public sealed class PodPagesTests : IAsyncLifetime
{
    private const int Pods = 1001;
    private const string Path = "api/v1/namespaces/default/pods";

    private readonly ConcurrentQueue<string> _asked = [];
    private Func<int, int?> _fault = _ => null;
    private SimulatedApiServer _server = null!;
    private ApiServer _api = null!;

    private PodPages Pages => new(_api, Path, "", TimeProvider.System);

    public async Task InitializeAsync()
    {
        _server = await SimulatedApiServer.StartAsync();
        using var admin = new HttpClient { BaseAddress = _server.Address };
        admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _server.Token);
        await Parallel.ForEachAsync(Enumerable.Range(0, Pods), async (number, cancellation) =>
        {
            using var pod = new StringContent($$$"""{"metadata": {"name": "pod-{{{number}}}"}, "spec": {"containers": [{"name": "app", "image": "app"}]}}""", Encoding.UTF8, "application/json");
            using var answer = await admin.PostAsync(new Uri(Path, UriKind.Relative), pod, cancellation);
            answer.EnsureSuccessStatusCode();
        });
        _server.Fault = Ask;
        _api = ApiServer.For(_server.Address, _server.Token);
    }

    public async Task DisposeAsync()
    {
        _api.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task All_pods_come_once_and_each_page_is_asked_for_once()
    {
        var pages = new List<PodListDocument>();
        await foreach (var page in Pages.ReadAsync(CancellationToken.None)) pages.Add(page);
        Assert.Equal([500, 500, 1], pages.Select(page => page.Items!.Count));
        Assert.Equal(Pods, pages.SelectMany(page => page.Items!).Select(pod => pod.Metadata.Name).Distinct().Count());
        Assert.Equal(3, _asked.Distinct().Count());
        Assert.Equal(3, _asked.Count);
    }

    [Fact]
    public async Task While_a_page_is_handled_the_next_one_is_asked_for()
    {
        await using var pages = Pages.ReadAsync(CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await pages.MoveNextAsync());
        await Eventually.TrueAsync(() => _asked.Count == 2, "the second page is asked for");
    }

    [Fact]
    public async Task A_page_that_fails_fails_the_list_after_the_page_before_it()
    {
        _fault = page => page == 2 ? StatusCodes.Status500InternalServerError : null;
        await using var pages = Pages.ReadAsync(CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await pages.MoveNextAsync());
        Assert.Equal(500, pages.Current.Items!.Count);
        await Assert.ThrowsAsync<ApiServerException>(async () => await pages.MoveNextAsync());
    }

    private int? Ask(HttpRequest request)
    {
        _asked.Enqueue(request.QueryString.Value!);
        return _fault(_asked.Count);
    }
}
