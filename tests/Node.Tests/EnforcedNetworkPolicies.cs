using System.Text.Json.Nodes;

namespace AkkaVault.Node.Tests;

/// <summary>Enforces the cluster's NetworkPolicies on the node until it is disposed: its own network plugin does not. Follows pods, policies and namespaces as they change.</summary>
internal sealed class EnforcedNetworkPolicies : IAsyncDisposable
{
    private static readonly TimeSpan s_between = TimeSpan.FromSeconds(1);
    private static readonly string[] s_hooks = ["FORWARD", "INPUT"];

    private readonly KubernetesNode _node;
    private readonly CancellationTokenSource _enough = new();
    private readonly string _file = Path.GetTempFileName();
    private Task _following = Task.CompletedTask;
    private string _rules = "";

    private EnforcedNetworkPolicies(KubernetesNode node) => _node = node;

    /// <summary>Enforces what there is now, and goes on.</summary>
    public static async Task<EnforcedNetworkPolicies> StartAsync(KubernetesNode node)
    {
        var policies = new EnforcedNetworkPolicies(node);
        await policies.ApplyAsync();
        foreach (var hook in s_hooks) await node.EnterAsync("iptables", "-w", "-I", hook, "-j", NetworkPolicyRules.Chain);
        policies._following = policies.FollowAsync();
        return policies;
    }

    public async ValueTask DisposeAsync()
    {
        await _enough.CancelAsync();
        try
        {
            await _following;
        }
        finally
        {
            foreach (var hook in s_hooks) await _node.EnterAsync("iptables", "-w", "-D", hook, "-j", NetworkPolicyRules.Chain);
            File.Delete(_file);
            _enough.Dispose();
        }
    }

    private async Task FollowAsync()
    {
        using var timer = new PeriodicTimer(s_between);
        while (!_enough.IsCancellationRequested)
        {
            await ApplyAsync();
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private async Task ApplyAsync()
    {
        var objects = JsonNode.Parse(await _node.KubectlAsync("get", "networkpolicies,pods,namespaces", "-A", "-o", "json"))!["items"]!.AsArray();
        var rules = NetworkPolicyRules.Of([.. objects.Select(item => item!)]);
        if (rules == _rules) return;
        await File.WriteAllTextAsync(_file, rules);
        await _node.EnterAsync("iptables-restore", "-w", "--noflush", _file);
        _rules = rules;
    }
}
