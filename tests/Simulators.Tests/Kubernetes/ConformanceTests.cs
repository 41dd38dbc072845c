using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Tests.TestKit.Kubernetes;

namespace AkkaVault.Simulators.Tests.Kubernetes;

/// <summary>For what was not recorded: a real API server and the simulated one get the same requests, and must give the same answers.</summary>
public sealed class ConformanceTests
{
    private const string Controller = "system:serviceaccount:kubernetes-vault:kubernetes-vault";
    private const string Maps = "api/v1/namespaces/conf/configmaps";
    private const string Pods = "api/v1/namespaces/conf/pods";
    private const string Leases = "apis/coordination.k8s.io/v1/namespaces/conf/leases";

    private const string Reviews = "apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

    private readonly ObjectComparison _comparison = new();

    [SkippableFact]
    public async Task The_simulated_and_a_real_API_server_answer_alike()
    {
        Skip.If(RealApiServer.Missing is not null, RealApiServer.Missing);
        await using var real = await RealApiServer.StartAsync();
        await using var simulated = await SimulatedApiServer.StartAsync(ApiServerVersion.Kubernetes120);
        simulated.AddUser(Controller, RealApiServer.ControllerToken);
        using var ours = new HttpClient { BaseAddress = simulated.Address };
        var admins = (Real: real.Admin.DefaultRequestHeaders.Authorization!.Parameter!, Ours: simulated.Token);

        Task AsAdmin(string method, string path, JsonObject? body = null) => BothAsync(real.Admin, ours, admins, method, path, body);
        Task AsController(string method, string path, JsonObject? body = null) => BothAsync(
            real.Admin, ours, (RealApiServer.ControllerToken, RealApiServer.ControllerToken), method, path, body);

        await AsAdmin("POST", "api/v1/namespaces", Named("conf"));
        await AsAdmin("POST", "api/v1/namespaces/nowhere/configmaps", Named("a"));
        await AsAdmin("POST", Maps, new JsonObject { ["metadata"] = new JsonObject() });
        foreach (var name in (string[])["a", "b", "c"]) await AsAdmin("POST", Maps, new JsonObject { ["metadata"] = Named(name)["metadata"]!.DeepClone(), ["data"] = new JsonObject { ["k"] = name } });
        await AsAdmin("POST", Maps, Named("a"));
        await AsAdmin("GET", $"{Maps}/none");
        await AsAdmin("GET", $"{Maps}?limit=2");
        await AsAdmin("GET", $"{Maps}?fieldSelector=metadata.name%3Db");
        await AsAdmin("GET", $"{Maps}?labelSelector=app%3Dx");
        await AsAdmin("GET", $"{Pods}?fieldSelector=spec.hostIP%3Dx");
        await AsAdmin("PUT", $"{Maps}/a", new JsonObject { ["metadata"] = Named("a")["metadata"]!.DeepClone(), ["data"] = new JsonObject { ["k"] = "new" } });
        await AsAdmin("PUT", $"{Maps}/none", Named("none"));
        await AsAdmin("PUT", $"{Maps}/a", new JsonObject { ["metadata"] = new JsonObject { ["name"] = "a", ["resourceVersion"] = "1" } });
        await AsAdmin("PUT", $"{Maps}/none", new JsonObject { ["metadata"] = new JsonObject { ["name"] = "none", ["resourceVersion"] = "1", ["uid"] = "another" } });
        // The limit is 1 MiB for all decoded values together.
        JsonObject Large(string name, int more) => new()
        {
            ["metadata"] = Named(name)["metadata"]!.DeepClone(),
            ["data"] = new JsonObject { ["l"] = new string('x', more) },
            ["binaryData"] = new JsonObject { ["k"] = Convert.ToBase64String(new byte[1024 * 1024]) },
        };
        await AsAdmin("POST", Maps, Large("large", 0));
        await AsAdmin("POST", Maps, Large("larger", 1));
        await AsAdmin("PUT", $"{Maps}/b", Large("b", 1));
        await AsAdmin("DELETE", $"{Maps}/large");
        await AsAdmin("PATCH", $"{Maps}/a", new JsonObject { ["data"] = new JsonObject { ["k"] = null, ["l"] = "more" } });
        await AsAdmin("PATCH", $"{Maps}/a", new JsonObject { ["metadata"] = new JsonObject { ["uid"] = "another" } });
        await AsAdmin("PUT", $"{Maps}/a", new JsonObject { ["metadata"] = new JsonObject { ["name"] = "a", ["uid"] = "another" } });
        await AsAdmin("DELETE", $"{Maps}/a", new JsonObject { ["preconditions"] = new JsonObject { ["resourceVersion"] = "1" } });
        await AsAdmin("DELETE", $"{Maps}/a", new JsonObject { ["preconditions"] = new JsonObject { ["uid"] = "another" } });
        await AsAdmin("DELETE", $"{Maps}/a");
        await AsAdmin("DELETE", $"{Maps}/a");
        await AsAdmin("POST", Leases, new JsonObject { ["metadata"] = Named("l")["metadata"]!.DeepClone(), ["spec"] = new JsonObject { ["holderIdentity"] = "n1" } });
        await AsAdmin("DELETE", $"{Leases}/l");

        await AsAdmin("POST", Pods, Pod("web", null));
        await AsAdmin("PATCH", $"{Pods}/web/status", new JsonObject { ["status"] = new JsonObject { ["podIP"] = "10.1.0.9" } });
        await AsAdmin("PATCH", $"{Pods}/web", new JsonObject { ["status"] = new JsonObject { ["podIP"] = "10.9.9.9" } });
        await AsAdmin("GET", $"{Pods}/web/nothing");
        await AsAdmin("GET", $"{Maps}/b/status");
        await AsAdmin("DELETE", $"{Pods}/web", new JsonObject { ["preconditions"] = new JsonObject { ["uid"] = "another" } });
        await AsAdmin("PATCH", $"{Pods}/web/status", new JsonObject { ["metadata"] = new JsonObject { ["resourceVersion"] = "1" }, ["status"] = new JsonObject() });
        await AsAdmin("DELETE", $"{Pods}/web");
        await AsAdmin("GET", $"{Pods}/web");
        await AsAdmin("POST", Pods, Pod("placed", "node-1"));
        await AsAdmin("DELETE", $"{Pods}/placed");
        await AsAdmin("GET", $"{Pods}/placed");
        await AsAdmin("DELETE", $"{Pods}/placed?gracePeriodSeconds=0");
        await AsAdmin("GET", $"{Pods}/placed");

        await RefusalsAsync(AsAdmin);

        foreach (var item in Manifest.Read("rbac/one-namespace", "role.yaml"))
        {
            item["metadata"]!["namespace"] = "conf";
            await AsAdmin("POST", $"apis/rbac.authorization.k8s.io/v1/namespaces/conf/{((string)item["kind"]!).ToLowerInvariant()}s", item);
        }

        foreach (var item in Manifest.Read("rbac", "ledger-role.yaml"))
        {
            item["metadata"]!["namespace"] = "conf";
            await AsAdmin("POST", $"apis/rbac.authorization.k8s.io/v1/namespaces/conf/{((string)item["kind"]!).ToLowerInvariant()}s", item);
        }

        await AsController("GET", $"{Maps}/kubernetes-vault-ledger");
        await AsController("DELETE", $"{Maps}/kubernetes-vault-ledger");
        await AsController("GET", Maps);
        await AsController("GET", Pods);
        await AsController("GET", $"{Pods}/web");
        await AsController("GET", "api/v1/pods");
        await AsController("DELETE", $"{Pods}/web");
        await AsController("GET", $"{Maps}/b");
        await AsController("PATCH", $"{Pods}/web/status");
        await AsController("GET", Leases);

        JsonObject Review(string verb, string group, string resource, string name, string? ns = "conf")
        {
            var asked = new JsonObject { ["verb"] = verb, ["resource"] = resource };
            if (ns is not null) asked["namespace"] = ns;
            if (group.Length > 0) asked["group"] = group;
            if (name.Length > 0) asked["name"] = name;
            return new JsonObject { ["apiVersion"] = "authorization.k8s.io/v1", ["kind"] = "SelfSubjectAccessReview", ["spec"] = new JsonObject { ["resourceAttributes"] = asked } };
        }

        foreach (var review in (JsonObject[])
        [
            Review("list", "", "pods", ""), Review("watch", "", "pods", ""), Review("list", "", "pods", "", null), Review("delete", "", "pods", "web"),
            Review("get", "", "configmaps", "kubernetes-vault-ledger"), Review("get", "", "configmaps", ""), Review("get", "", "configmaps", "another"),
            Review("create", "", "configmaps", ""), Review("create", "", "events", ""), Review("get", "coordination.k8s.io", "leases", "l"),
            new JsonObject { ["spec"] = new JsonObject() },
        ])
        {
            await AsController("POST", Reviews, review);
            await AsAdmin("POST", Reviews, review);
        }

        Assert.True(_comparison.Differences.Count == 0, string.Join('\n', _comparison.Differences));
    }

    private static async Task RefusalsAsync(Func<string, string, JsonObject?, Task> ask)
    {
        const string Services = "api/v1/namespaces/conf/services";
        const string Endpoints = "api/v1/namespaces/conf/endpoints";
        const string Events = "api/v1/namespaces/conf/events";
        foreach (var (method, path, body) in ((string, string, string?)[])
        [
            ("POST", Maps, """{"metadata":{"name":"Upper"}}"""), ("POST", Maps, """{"metadata":{"name":""}}"""), ("POST", "api/v1/namespaces", """{"metadata":{"name":"a.b"}}"""),
            ("POST", Maps, """{"metadata":{"name":"x","namespace":"other"}}"""), ("POST", Maps, """{"kind":"Secret","apiVersion":"v1","metadata":{"name":"x"}}"""),
            ("POST", Maps, """{"kind":"ConfigMap","apiVersion":"v2","metadata":{"name":"x"}}"""), ("POST", Maps, """{"metadata":{"name":"x","resourceVersion":"5"}}"""),
            ("POST", Maps, """{"metadata":{"name":"x","labels":{"bad key!":"v"}}}"""), ("POST", Maps, """{"metadata":{"name":"x","labels":{"a":"bad value!"}}}"""),
            ("POST", Maps, """{"metadata":{"name":"x","annotations":{"Bad Key":"v"}}}"""), ("POST", Maps, """{"metadata":{"name":"x"},"data":{"bad key":"v"}}"""),
            ("POST", Maps, """{"metadata":{"name":"x"},"data":{"k":"v"},"binaryData":{"k":"AA=="}}"""), ("PUT", $"{Maps}/b", """{"metadata":{"name":"other"}}"""),
            ("PUT", $"{Maps}/b", """{"metadata":{}}"""), ("PUT", $"{Maps}/b", """{"metadata":{"name":"b","namespace":"other"}}"""),
            ("PATCH", $"{Maps}/b", """{"metadata":{"name":"other"}}"""), ("PATCH", $"{Maps}/b", """{"data":{"bad key":"v"}}"""),
            ("POST", Pods, """{"metadata":{"name":"p"}}"""), ("POST", Pods, """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"app"}]}}"""),
            ("POST", Pods, """{"metadata":{"name":"p"},"spec":{"containers":[{"image":"app"}]}}"""), ("POST", Pods, """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"Bad_Name","image":"a"}]}}"""),
            ("POST", Pods, """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"a","image":"a"}],"initContainers":[{"name":"a","image":"a"}]}}"""),
            ("POST", Pods, """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"a","image":"a"}],"restartPolicy":"Sometimes"}}"""),
            ("POST", Leases, """{"metadata":{"name":"r"},"spec":{"leaseDurationSeconds":0}}"""), ("POST", Leases, """{"metadata":{"name":"r"},"spec":{"leaseTransitions":-1}}"""),
            ("POST", Leases, """{"metadata":{"name":"r"},"spec":{"holderIdentity":"n"}}"""), ("PUT", $"{Leases}/r", """{"metadata":{"name":"r"},"spec":{"holderIdentity":"n"}}"""),
            ("POST", Events, """{"metadata":{"name":"e.1"},"involvedObject":{"kind":"Pod","namespace":"other","name":"a"}}"""),
            ("POST", Services, """{"metadata":{"name":"s"},"spec":{}}"""), ("POST", Services, """{"metadata":{"name":"s"},"spec":{"ports":[{"port":0}]}}"""),
            ("POST", Services, """{"metadata":{"name":"1s"},"spec":{"ports":[{"port":80}]}}"""), ("POST", Endpoints, """{"metadata":{"name":"e"},"subsets":[{}]}"""),
            ("POST", Endpoints, """{"metadata":{"name":"e"},"subsets":[{"addresses":[{"ip":"10.1.0.1"}],"ports":[{"port":0}]}]}"""),
            ("GET", $"{Maps}?limit=x", null), ("GET", $"{Maps}?resourceVersion=abc", null), ("GET", $"{Pods}?watch=1&timeoutSeconds=x", null),
        ])
        {
            await ask(method, path, body is null ? null : JsonNode.Parse(body)!.AsObject());
        }
    }

    private async Task BothAsync(HttpClient real, HttpClient ours, (string Real, string Ours) tokens, string method, string path, JsonObject? body)
    {
        var before = _comparison.Differences.Count;
        var (recorded, here) = (await AskAsync(real, tokens.Real, method, path, body), await AskAsync(ours, tokens.Ours, method, path, body));
        if (recorded.Status != here.Status) _comparison.Differences.Add($"{recorded.Status} recorded, {here.Status} here: {recorded.Answer?.ToJsonString()} and {here.Answer?.ToJsonString()}");
        else _comparison.Compare(recorded.Answer, here.Answer, "body");
        for (var i = before; i < _comparison.Differences.Count; i++) _comparison.Differences[i] = $"{method} {path} {body?.ToJsonString()}: {_comparison.Differences[i]}";
    }

    private static async Task<(int Status, JsonNode? Answer)> AskAsync(HttpClient http, string token, string method, string path, JsonObject? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null || method == "PATCH") request.Content = new StringContent(body?.ToJsonString() ?? "{}", Encoding.UTF8, method == "PATCH" ? "application/merge-patch+json" : "application/json");
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        // Not every error answer of a real API server is JSON.
        var answer = text.StartsWith('{') ? JsonNode.Parse(text) : JsonValue.Create(text);
        if (answer is not JsonObject) return ((int)response.StatusCode, answer);
        // managedFields are only for server-side apply. The version of a list also changes with writes of others.
        foreach (var metadata in (answer["items"]?.AsArray().Select(item => item!["metadata"]) ?? []).Append(answer["metadata"])) metadata?.AsObject().Remove("managedFields");
        if (answer["items"] is not null) answer["metadata"]!.AsObject().Remove("resourceVersion");
        return ((int)response.StatusCode, answer);
    }

    private static JsonObject Named(string name) => new() { ["metadata"] = new JsonObject { ["name"] = name } };

    private static JsonObject Pod(string name, string? node)
    {
        var spec = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "app", ["image"] = "app" }) };
        if (node is not null) spec["nodeName"] = node;
        return new JsonObject { ["metadata"] = Named(name)["metadata"]!.DeepClone(), ["spec"] = spec };
    }
}
