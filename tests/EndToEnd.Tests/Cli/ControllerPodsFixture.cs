using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace AkkaVault.EndToEnd.Tests.Cli;

/// <summary>Creates controllers' pods in an API server: objects only. Their addresses are those of a <see cref="FakeManagement"/>.</summary>
/// <param name="admin">Sends requests as an administrator.</param>
/// <param name="port">The management port.</param>
internal sealed class ControllerPodsFixture(HttpClient admin, int port)
{
    /// <summary>Creates a running pod as a StatefulSet of the manifests does.</summary>
    public async Task CreateAsync(string ns, string name, string ip, string label = "kubernetes-vault", string? node = "node-1")
    {
        var spec = new JsonObject
        {
            ["containers"] = new JsonArray(new JsonObject
            {
                ["name"] = "controller",
                ["image"] = "akkavault-controller",
                ["ports"] = new JsonArray(Port("metrics", 9102), Port("management", port)),
            }),
        };
        if (node is not null) spec["nodeName"] = node;
        await SendAsync(HttpMethod.Post, $"api/v1/namespaces/{ns}/pods", new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { ["app.kubernetes.io/name"] = label } },
            ["spec"] = spec,
        });
        await SendAsync(HttpMethod.Patch, $"api/v1/namespaces/{ns}/pods/{name}/status", new JsonObject
        {
            ["status"] = new JsonObject
            {
                ["phase"] = "Running",
                ["podIP"] = ip,
                ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = "True" }),
            },
        });
    }

    public Task CreateNamespaceAsync(string name) => SendAsync(HttpMethod.Post, "api/v1/namespaces", new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } });

    /// <summary>Grants a user verbs of resources of the core group in a namespace.</summary>
    public async Task GrantAsync(string ns, string user, params (string Resource, string Verb)[] rights)
    {
        var rbac = $"apis/rbac.authorization.k8s.io/v1/namespaces/{ns}";
        await SendAsync(HttpMethod.Post, $"{rbac}/roles", new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "some" },
            ["rules"] = new JsonArray([.. rights.Select(right => new JsonObject
            {
                ["apiGroups"] = new JsonArray(""),
                ["resources"] = new JsonArray(right.Resource),
                ["verbs"] = new JsonArray(right.Verb),
            })]),
        });
        await SendAsync(HttpMethod.Post, $"{rbac}/rolebindings", new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "some" },
            ["roleRef"] = new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "Role", ["name"] = "some" },
            ["subjects"] = new JsonArray(new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "User", ["name"] = user }),
        });
    }

    public async Task SendAsync(HttpMethod method, string path, JsonObject? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative))
        {
            Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, method == HttpMethod.Patch ? "application/merge-patch+json" : "application/json"),
        };
        using var response = await admin.SendAsync(request);
        Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
    }

    private static JsonObject Port(string name, int number) => new() { ["name"] = name, ["containerPort"] = number, ["protocol"] = "TCP" };
}
