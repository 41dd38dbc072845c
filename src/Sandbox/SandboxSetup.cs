using AkkaVault.Sandbox.Vault;

namespace AkkaVault.Sandbox;

/// <summary>What differs from an ordinary installation.</summary>
public sealed record SandboxSetup
{
    /// <summary>How Vault starts.</summary>
    public SimulatedVaultOptions Vault { get; init; } = new();

    /// <summary>Where the pods' AppRole is mounted.</summary>
    public string AppRolePath { get; init; } = "approle";

    /// <summary>The period of the controller's token; null: 6 hours.</summary>
    public TimeSpan? TokenPeriod { get; init; }

    /// <summary>Where the controller and the pods find Vault; asked for once.</summary>
    public Func<SandboxCluster, Uri> VaultAddress { get; init; } = cluster => cluster.Vault.Address;

    /// <summary>Done before the controller starts.</summary>
    public Action<SandboxCluster> Prepare { get; init; } = _ => { };

    /// <summary>The keys of the controller's <c>vault</c> section beside <c>addr</c>.</summary>
    public Func<SandboxCluster, string> VaultKeys { get; init; } = _ => "token: $VAULT_TOKEN";

    /// <summary>More sections of the controller's configuration.</summary>
    public Func<SandboxCluster, string> More { get; init; } = _ => "";

    /// <summary>More keys of the controller's <c>kubernetes</c> section.</summary>
    public string KubernetesKeys { get; init; } = "";

    /// <summary>More keys of the <c>cluster</c> section of the controller at an address.</summary>
    public Func<SandboxCluster, string, string> ClusterKeys { get; init; } = (_, _) => "";

    /// <summary>More keys of the <c>management</c> section of each of several controllers.</summary>
    public string ManagementKeys { get; init; } = "";

    /// <summary>What the controllers log.</summary>
    public string LogLevel { get; init; } = "debug";

    /// <summary>How they log: text or json.</summary>
    public string LogFormat { get; init; } = "text";

    /// <summary>How many controllers there are.</summary>
    public int Controllers { get; init; } = 1;

    /// <summary>Whether the controllers are in a network of their own, where packets can get lost (<see cref="Network.SandboxNetwork"/>).</summary>
    public bool Network { get; init; }

    /// <summary>As which one the API server answers.</summary>
    public Kubernetes.ApiServerVersion ApiServer { get; init; } = Kubernetes.ApiServerVersion.Kubernetes136;

    /// <summary>Whether the start waits for the controller to be ready.</summary>
    public bool WaitUntilReady { get; init; } = true;
}
