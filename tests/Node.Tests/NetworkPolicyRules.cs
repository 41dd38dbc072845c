using System.Text;
using System.Text.Json.Nodes;

namespace AkkaVault.Node.Tests;

/// <summary>
/// NetworkPolicies as rules of iptables, as a network plugin would enforce them on the one node: a pod that a policy selects takes, or makes, only connections
/// that one of its policies allows. What the node itself connects to is always allowed. Throws for what no manifest of this project uses.
/// </summary>
internal sealed class NetworkPolicyRules
{
    /// <summary>The chain that every forwarded packet, and every one to the node itself, must pass.</summary>
    public const string Chain = "NETWORK-POLICIES";

    private const string Egress = "POLICIES-EGRESS";
    private const string Ingress = "POLICIES-INGRESS";

    private readonly IReadOnlyList<JsonNode> _policies;
    private readonly IReadOnlyList<JsonNode> _pods;
    private readonly IReadOnlyDictionary<string, JsonNode> _namespaces;

    private NetworkPolicyRules(IReadOnlyList<JsonNode> objects)
    {
        _policies = [.. objects.Where(item => (string?)item["kind"] == "NetworkPolicy")];
        // Pods that have ended have no address any more, and those of the node's network are not in the pods'.
        _pods = [.. objects.Where(item => (string?)item["kind"] == "Pod" && (bool?)item["spec"]!["hostNetwork"] != true && (string?)item["status"]!["phase"] is "Running" or "Pending" && Address(item).Length > 0)];
        _namespaces = objects.Where(item => (string?)item["kind"] == "Namespace").ToDictionary(item => (string)item["metadata"]!["name"]!, StringComparer.Ordinal);
    }

    /// <summary>The rules for these objects: policies, pods and namespaces.</summary>
    /// <returns>The input of <c>iptables-restore --noflush</c>, which puts them in the place of earlier ones at once.</returns>
    public static string Of(IReadOnlyList<JsonNode> objects)
    {
        var rules = new NetworkPolicyRules(objects);
        var text = new StringBuilder($"*filter\n:{Chain} -\n:{Egress} -\n:{Ingress} -\n");
        text.Append($"-A {Chain} -m conntrack --ctstate ESTABLISHED,RELATED -j RETURN\n-A {Chain} -j {Egress}\n-A {Chain} -j {Ingress}\n");
        foreach (var pod in rules._pods)
        {
            rules.Append(text, pod, Egress, "Egress", "-s", "-d", "to");
            rules.Append(text, pod, Ingress, "Ingress", "-d", "-s", "from");
        }

        return text.Append("COMMIT\n").ToString();
    }

    private void Append(StringBuilder text, JsonNode pod, string chain, string type, string own, string other, string peers)
    {
        var policies = _policies.Where(policy => Namespace(policy) == Namespace(pod) && Selects(policy["spec"]!["podSelector"], pod["metadata"]!["labels"])
            && policy["spec"]!["policyTypes"]!.AsArray().Any(listed => (string?)listed == type)).ToList();
        if (policies.Count == 0) return;
        foreach (var rule in policies.SelectMany(policy => policy["spec"]![type.ToLowerInvariant()]?.AsArray() ?? []))
        {
            foreach (var port in Ports(rule!))
            {
                foreach (var address in Addresses(rule!, peers, Namespace(pod))) text.Append($"-A {chain} {own} {Address(pod)}{(address is null ? "" : $" {other} {address}")}{port} -j RETURN\n");
            }
        }

        text.Append($"-A {chain} {own} {Address(pod)} -j DROP\n");
    }

    private static IEnumerable<string> Ports(JsonNode rule)
    {
        if (rule["ports"] is not JsonArray { Count: > 0 } ports) return [""];
        return ports.Select(port => port!["endPort"] is null && port["port"] is { } number && int.TryParse($"{number}", out var numbered)
            ? $" -p {((string?)port["protocol"] ?? "TCP").ToLowerInvariant()} --dport {numbered}"
            : throw Untranslated(port));
    }

    /// <summary>The addresses of those that a rule names; one null: it names nobody, and means all.</summary>
    private IEnumerable<string?> Addresses(JsonNode rule, string peers, string ns) =>
        rule[peers] is JsonArray { Count: > 0 } named ? named.SelectMany(peer => Addresses(peer!, ns)).Distinct().Cast<string?>() : [null];

    private IEnumerable<string> Addresses(JsonNode peer, string ns)
    {
        if (peer["ipBlock"] is not null) throw Untranslated(peer);
        return _pods.Where(pod => peer["namespaceSelector"] is { } selector ? Selects(selector, _namespaces[Namespace(pod)]["metadata"]!["labels"]) : Namespace(pod) == ns)
            .Where(pod => peer["podSelector"] is not { } selector || Selects(selector, pod["metadata"]!["labels"])).Select(Address);
    }

    private static bool Selects(JsonNode? selector, JsonNode? labels)
    {
        if (selector?["matchExpressions"] is not null) throw Untranslated(selector);
        return selector?["matchLabels"] is not JsonObject wanted || wanted.All(label => (string?)labels?[label.Key] == (string?)label.Value);
    }

    private static string Address(JsonNode pod) => (string?)pod["status"]!["podIP"] ?? "";

    private static string Namespace(JsonNode item) => (string)item["metadata"]!["namespace"]!;

    private static InvalidOperationException Untranslated(JsonNode? part) => new($"not translated into iptables: {part?.ToJsonString()}");
}
