using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AkkaVault.Controller.Configuration;
using AkkaVault.Tests.TestKit.Kubernetes;

namespace AkkaVault.EndToEnd.Tests.Kubernetes;

/// <summary>The configuration accepts the names and selectors that a real API server accepts.</summary>
public sealed class ConfiguredNamesTests : IAsyncLifetime
{
    private static readonly string[] s_selectors =
    [
        "team=blue", "team==blue", "team!=blue", "team = blue , tier != db", "team", "!team", "! team", "team in (blue,green)", "team in (blue, green),!legacy", "team notin(blue)", "team in ()",
        "team in (,)", "team in (a,)", "in in (in)", "notin", "a>1", "a<2", "a > -1", "team=", "team=,b=", "app.kubernetes.io/name=x", "A=B", "a_b.c-d=e_f.g-h", "0=0", "a in(b),c",
        "team=blue,", ",team", "team=blue green", "team blue", "=blue", "team in blue", "team in (blue", "team in blue)", "team like (blue)", "a>b", "a>", "a=-b", "a=b-", "a/b/c=d", "-a", "a-", "A.B/c", "/a", "a/",
        "!a=b", "!", "!!a", "a===b", "a=!b", "a!b", "team=blue&limit=1", "~( %", "a=b;c", "a=é", "{team: blue}", "[a=1, b=2]", "in", "a in", "a=in", "a=b=c", "(a)", "a,,b", "a notin ()", "a>1.5", "a>01", "a>99999999999999999999",
    ];

    private static readonly string[] s_names = ["a", "a-b", "0", "a1", "team-*", "^team-", "a,b", "a b", "A", "a.b", "a_b", "-a", "a-", new('a', 63), new('a', 64), "~a"];

    private RealApiServer? _api;

    public async Task InitializeAsync()
    {
        if (RealApiServer.Missing is null) _api = await RealApiServer.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_api is not null) await _api.DisposeAsync();
    }

    [SkippableFact]
    public async Task Selectors_are_judged_alike()
    {
        foreach (var selector in s_selectors)
        {
            using var answer = await Api().Admin.GetAsync(new Uri($"api/v1/pods?labelSelector={Uri.EscapeDataString(selector)}", UriKind.Relative));
            Assert.Equal((selector, (int)answer.StatusCode), (selector, LabelSelector.IsValid(selector) ? 200 : 400));
        }
    }

    [SkippableFact]
    public async Task Names_that_are_refused_are_those_that_no_namespace_and_no_Service_can_have()
    {
        foreach (var name in s_names)
        {
            Assert.Equal((name, DnsLabel.IsValid(name) ? 201 : 422), (name, await DryRunAsync("api/v1/namespaces", name, null)));
            var service = await DryRunAsync("api/v1/namespaces/default/services", name, new JsonObject { ["ports"] = new JsonArray(new JsonObject { ["port"] = 80 }) });
            // Newer API servers accept a Service whose name begins with a digit. Older ones do not.
            if (service == 201) Assert.True(DnsLabel.IsValid(name), name);
            else if (!char.IsAsciiDigit(name[0])) Assert.False(DnsLabel.IsValid(name), name);
        }
    }

    private async Task<int> DryRunAsync(string path, string name, JsonObject? spec)
    {
        var body = new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } };
        if (spec is not null) body["spec"] = spec;
        using var answer = await Api().Admin.PostAsJsonAsync(new Uri($"{path}?dryRun=All", UriKind.Relative), body);
        return (int)answer.StatusCode;
    }

    private RealApiServer Api()
    {
        Skip.If(RealApiServer.Missing is not null, RealApiServer.Missing);
        return _api!;
    }
}
