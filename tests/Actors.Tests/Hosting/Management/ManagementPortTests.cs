using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using AkkaVault.Controller.Cluster.Bootstrap;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Hosting.Health;
using AkkaVault.Controller.Hosting.Management;
using AkkaVault.Controller.Hosting.Metrics;
using AkkaVault.Controller.Vault;
using AkkaVault.Controller.Vault.Renewal;
using AkkaVault.Controller.Watching;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Actors.Tests.Hosting.Management;

/// <summary>Both ports of a controller whose actor system has not joined a cluster, over HTTP.</summary>
public sealed class ManagementPortTests() : TestKit("""
    akka.actor.provider = cluster
    akka.remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
    """), IAsyncLifetime
{
    private const string NotChecked = "the Vault token has not been checked yet";
    private static readonly IPEndPoint Management = IPEndPoint.Parse("127.205.1.1:8558");
    private static readonly IPEndPoint Other = IPEndPoint.Parse("127.205.1.1:9102");
    private readonly HttpClient _http = new();
    private readonly ControllerToken _token = new();
    private WebApplication _app = null!;

    public Task InitializeAsync() => StartAsync(readOnly: true);

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    [Theory]
    [InlineData("GET", "alive", 200, "", "ok")]
    [InlineData("GET", "alive/", 200, "", "ok")]
    [InlineData("GET", "ready", 503, "", NotChecked)]
    [InlineData("GET", "cluster/shard-types", 200, "", """{"entityTypeKeys":[]}""")]
    [InlineData("GET", "cluster/shards", 200, "", """{"entityTypeKeys":[]}""")]
    [InlineData("GET", "cluster/shards/people", 404, "", """{"message":"Shard Region people is not started"}""")]
    [InlineData("GET", "cluster/members/akka.tcp://kv@127.0.0.9:1", 404, "", """{"message":"Member [akka.tcp://kv@127.0.0.9:1] not found"}""")]
    [InlineData("GET", "cluster/members/akka.tcp%3A%2F%2Fkv@127.0.0.9:1/", 404, "", """{"message":"Member [akka.tcp://kv@127.0.0.9:1] not found"}""")]
    [InlineData("POST", "", 405, "GET", """{"message":"POST is not allowed here"}""")]
    [InlineData("DELETE", "status", 405, "GET", """{"message":"DELETE is not allowed here"}""")]
    [InlineData("GET", "page.js", 404, "", """{"message":"There is nothing at /page.js"}""")]
    [InlineData("GET", "healthz/live", 404, "", """{"message":"There is nothing at /healthz/live"}""")]
    [InlineData("GET", "pods/a/b/c", 404, "", """{"message":"There is nothing at /pods/a/b/c"}""")]
    [InlineData("POST", "alive", 405, "GET", """{"message":"POST is not allowed here"}""")]
    [InlineData("DELETE", "pods", 405, "GET", """{"message":"DELETE is not allowed here"}""")]
    [InlineData("PUT", "nothing/here", 405, "GET", """{"message":"PUT is not allowed here"}""")]
    [InlineData("POST", "cluster/members", 405, "GET", """{"message":"POST is not allowed here"}""")]
    [InlineData("POST", "cluster/members/", 405, "GET", """{"message":"POST is not allowed here"}""")]
    [InlineData("DELETE", "cluster/members/nobody", 405, "GET", """{"message":"The management port is read-only: members can be taken out only with management.readOnly: false in the configuration"}""")]
    [InlineData("POST", "cluster/members/nobody", 405, "GET", """{"message":"The management port is read-only: members can be taken out only with management.readOnly: false in the configuration"}""")]
    public async Task Each_path_answers_its_methods_and_refuses_every_other(string method, string path, int status, string allowed, string body) =>
        Assert.Equal((status, allowed, body), await SendAsync(method, Management, path));

    [Theory]
    [InlineData("DELETE", 404, "")]
    [InlineData("PUT", 404, "")]
    [InlineData("POST", 404, "")]
    public async Task Where_members_can_be_taken_out_an_unknown_member_is_not_found_by_any_method(string method, int status, string allowed)
    {
        await StartAsync(readOnly: false);
        Assert.Equal((status, allowed, """{"message":"Member [nobody] not found"}"""), await SendAsync(method, Management, "cluster/members/nobody"));
    }

    [Fact]
    public async Task The_page_has_all_in_it_and_may_do_nothing_but_read_this_port()
    {
        using var answer = await _http.GetAsync(new Uri($"http://{Management}/"));
        var html = await answer.Content.ReadAsStringAsync();
        Assert.Equal((HttpStatusCode.OK, "text/html; charset=utf-8"), (answer.StatusCode, $"{answer.Content.Headers.ContentType}"));
        Assert.InRange(Encoding.UTF8.GetByteCount(html), 1, ManagementPage.MaxBytes);
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single().Split("; ").Select(part => part.Split(' ', 2)).ToDictionary(part => part[0], part => part[1]);
        Assert.Equal(
            ("'none'", "'self'", "data:", "'none'", "'none'", "'none'"),
            (policy["default-src"], policy["connect-src"], policy["img-src"], policy["base-uri"], policy["form-action"], policy["frame-ancestors"]));
        // By the hashes of what is there, and nothing else: no origin, no attribute.
        Assert.Equal($"'{HashOf("script", html)}'", policy["script-src"]);
        Assert.Equal($"'{HashOf("style", html)}'", policy["style-src"]);
        Assert.DoesNotContain("unsafe", $"{answer.Headers}", StringComparison.Ordinal);
        Assert.Equal(["nosniff", "no-referrer", "no-store"], ((string[])["X-Content-Type-Options", "Referrer-Policy", "Cache-Control"]).Select(name => answer.Headers.GetValues(name).Single()));
        Assert.DoesNotMatch("""(?:src|href|action)="(?:https?:)?//|url\(|@import|innerHTML|outerHTML|insertAdjacentHTML|eval\(|\sstyle="|\son\w+=" """.TrimEnd(), html);
    }

    [Theory]
    [InlineData("")]
    [InlineData("status")]
    [InlineData("events")]
    public async Task Where_the_page_is_off_there_is_nothing_of_it(string path)
    {
        await StartAsync(readOnly: true, page: false);
        Assert.Equal((404, "", $$"""{"message":"There is nothing at /{{path}}"}"""), await SendAsync("GET", Management, path));
    }

    private static string HashOf(string tag, string html) =>
        $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Regex.Match(html, $"<{tag}>(.*)</{tag}>", RegexOptions.Singleline).Groups[1].Value)))}";

    [Fact]
    public async Task A_known_member_allows_three_methods_where_members_can_be_taken_out()
    {
        await StartAsync(readOnly: false);
        var cluster = Akka.Cluster.Cluster.Get(Sys);
        cluster.Join(cluster.SelfAddress);
        await AwaitConditionAsync(() => Task.FromResult(cluster.State.Members.Count == 1), TimeSpan.FromSeconds(30));
        Assert.Equal((405, "GET, PUT, DELETE", """{"message":"POST is not allowed here"}"""), await SendAsync("POST", Management, $"cluster/members/{cluster.SelfAddress}"));
        Assert.Equal(200, (await SendAsync("GET", Management, $"cluster/members/{cluster.SelfAddress}")).Status);
        Assert.Contains($"\"selfNode\":\"{cluster.SelfAddress}\"", (await SendAsync("GET", Management, "cluster/members/")).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("healthz/live", 200, "ok")]
    [InlineData("healthz/ready", 503, NotChecked)]
    [InlineData("alive", 404, "")]
    [InlineData("cluster/members", 404, "")]
    public async Task The_other_port_has_the_health_checks_only_whatever_the_Host_header_says(string path, int status, string body)
    {
        _http.DefaultRequestHeaders.Host = Management.ToString();
        Assert.Equal((status, "", body), await SendAsync("GET", Other, path));
    }

    [Fact]
    public async Task Readiness_says_the_first_problem_until_there_is_none()
    {
        _token.SetProblem("");
        Assert.Equal((503, "", "this controller is not in the cluster yet"), await SendAsync("GET", Management, "ready"));
        var cluster = Akka.Cluster.Cluster.Get(Sys);
        cluster.Join(cluster.SelfAddress);
        await AwaitConditionAsync(async () => await SendAsync("GET", Management, "ready") is (200, "", "ok"), TimeSpan.FromSeconds(30));
        Assert.Equal((200, "", "ok"), await SendAsync("GET", Other, "healthz/ready"));
        _token.SetProblem("the Vault token is lost: revoked");
        Assert.Equal((503, "", "the Vault token is lost: revoked"), await SendAsync("GET", Other, "healthz/ready"));
    }

    private async Task StartAsync(bool readOnly, bool page = true)
    {
        if (_app is { } old) await old.DisposeAsync();
        var configuration = ConfigurationReader.Read(
            "vault: {addr: 'http://vault:8200', token: t}\nkubernetes: {watchNamespace: default, serviceNamespace: default, service: kv}", _ => null).Configuration!;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(Management);
            kestrel.Listen(Other);
        });
        builder.Services
            .AddSingleton<ActorSystem>(Sys)
            .AddSingleton(configuration with { Management = new ManagementSettings(Management, readOnly, page) })
            .AddSingleton(new VaultTrust(null, TimeProvider.System))
            .AddSingleton(_token)
            .AddSingleton(new ControllerMetrics(Prometheus.Metrics.NewCustomRegistry()))
            .AddSingleton(new LedgerClusterMembership(new Leadership()))
            .AddControllerHealth(isClustered: true)
            .AddManagement();
        _app = builder.Build();
        _app.UseManagement(Management.Port);
        _app.UseRouting();
        _app.MapLiveness("/healthz/live");
        _app.MapReadiness("/healthz/ready");
        await _app.StartAsync();
    }

    private async Task<(int Status, string Allowed, string Body)> SendAsync(string method, IPEndPoint port, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri($"http://{port}/{path}"));
        using var answer = await _http.SendAsync(request);
        return ((int)answer.StatusCode, string.Join(", ", answer.Content.Headers.Allow), await answer.Content.ReadAsStringAsync());
    }
}
