using AkkaVault.Contracts;

namespace AkkaVault.Browser.Tests;

/// <summary>Documents of <c>/status</c>, as controllers give them.</summary>
internal static class SampleStatus
{
    public const string Leader = "akka.tcp://kubernetes-vault@10.1.0.1:2552";
    public const string Second = "akka.tcp://kubernetes-vault@10.1.0.2:2552";
    public const string Third = "akka.tcp://kubernetes-vault@10.1.0.3:2552";

    private static readonly VaultDocument s_vault = new(false, 57, 0.0071, 0.0238, 17208, 21600);

    /// <summary>Three members, and nothing is wrong.</summary>
    public static ClusterStatusDocument Calm { get; } = new(
        Second, DateTime.UtcNow, null, Leader, [Member(Leader, leads: true), Member(Second), Member(Third)], [], 0,
        new DeliveriesDocument(41, 0.06, 0.21, [.. Enumerable.Range(0, 25).Select(Delivery)]), [new FailureDocument("push", "not-listening", 12)],
        new WatchDocument(Leader, true, null), new LedgerDocument(Leader, "kubernetes", 18_244, 1_048_576, DateTime.UtcNow.AddHours(1), 0, 2, 0, null), []);

    public static MemberStatusDocument Member(string node, bool leads = false) => new(
        node, "Up", true, leads, "0.1.0", DateTime.UtcNow.AddHours(-3), null, leads ? 0 : 6, leads ? 0 : 11, s_vault, [new CertificateDocument("remoting", 2400, 3600)]);

    /// <summary>A pod that Vault refuses a secret.</summary>
    public static WaitingPodDocument Refused(string name, string? reason = null) => new(
        "default", name, $"uid-{name}/containerd://1", "web", "waiting", 3, DateTime.UtcNow.AddSeconds(-42), 42, Second, "role-refused",
        reason ?? "Vault refuses the controllers a secret_id of the role web: 403: permission denied (attempt 3).", "Grant update on auth/approle/role/web/secret-id.", true);

    private static DeliveryDocument Delivery(int number) => new(
        "default", $"api-{number}", $"uid-api-{number}/containerd://1", "api", DateTime.UtcNow.AddSeconds(-number), 0.05 + (number % 7 * 0.03), 1 + (number % 9 / 8), Third);
}
