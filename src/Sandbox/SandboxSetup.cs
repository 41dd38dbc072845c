using AkkaVault.Sandbox.Vault;

namespace AkkaVault.Sandbox;

/// <summary>What differs from an ordinary installation.</summary>
public sealed record SandboxSetup
{
    /// <summary>The options of the simulated Vault.</summary>
    public SimulatedVaultOptions Vault { get; init; } = new();

    /// <summary>The path of the auth method with the pods' AppRole.</summary>
    public string AppRolePath { get; init; } = "approle";

    /// <summary>The period of the controller's token; null: 6 hours.</summary>
    public TimeSpan? TokenPeriod { get; init; }

    /// <summary>The address at which the controller and the pods find Vault. The function is called once.</summary>
    public Func<SandboxCluster, Uri> VaultAddress { get; init; } = cluster => cluster.Vault.Address;

    /// <summary>Runs before the controller starts.</summary>
    public Action<SandboxCluster> Prepare { get; init; } = _ => { };

    /// <summary>The keys of the controller's <c>vault</c> section, without <c>addr</c>.</summary>
    public Func<SandboxCluster, string> VaultKeys { get; init; } = _ => "token: $VAULT_TOKEN";

    /// <summary>More sections of the controller's configuration file.</summary>
    public Func<SandboxCluster, string> More { get; init; } = _ => "";

    /// <summary>More keys of the controller's <c>kubernetes</c> section.</summary>
    public string KubernetesKeys { get; init; } = "";

    /// <summary>More keys of the <c>cluster</c> section, for the controller at the given address.</summary>
    public Func<SandboxCluster, string, string> ClusterKeys { get; init; } = (_, _) => "";

    /// <summary>More keys of the <c>management</c> section, when there are several controllers.</summary>
    public string ManagementKeys { get; init; } = "";

    /// <summary>The log level of the controllers.</summary>
    public string LogLevel { get; init; } = "debug";

    /// <summary>The log format of the controllers: text or json.</summary>
    public string LogFormat { get; init; } = "text";

    /// <summary>The number of controllers.</summary>
    public int Controllers { get; init; } = 1;

    /// <summary>Whether the controllers have their own network, in which packets can be dropped (<see cref="Network.SandboxNetwork"/>).</summary>
    public bool Network { get; init; }

    /// <summary>The version of the simulated API server.</summary>
    public Kubernetes.ApiServerVersion ApiServer { get; init; } = Kubernetes.ApiServerVersion.Kubernetes136;

    /// <summary>Whether the start waits until the controller is ready.</summary>
    public bool WaitUntilReady { get; init; } = true;
}
