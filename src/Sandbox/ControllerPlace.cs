using AkkaVault.Sandbox.Programs;

namespace AkkaVault.Sandbox;

/// <summary>Where a controller of a cluster runs, and what its configuration has in addition.</summary>
/// <param name="Ip">The controller's own address on this machine.</param>
/// <param name="Replicas">The number of controllers in the cluster.</param>
/// <param name="ClusterKeys">More keys of the <c>cluster</c> section.</param>
/// <param name="ManagementKeys">More keys of the <c>management</c> section.</param>
public sealed record ControllerPlace(string Ip, int Replicas, string ClusterKeys = "", string ManagementKeys = "")
{
    /// <summary>The management port, at which the other controllers look for this one.</summary>
    public const int ManagementPort = 8558;

    /// <summary>Changes a command so that the program starts at this place.</summary>
    public Func<ProgramCommand, ProgramCommand> Within { get; init; } = command => command;

    /// <summary>The sections of the configuration file for this place.</summary>
    public string Sections => $$"""
        cluster:
          hostname: "{{Ip}}"
          replicas: {{Replicas}}
          {{ClusterKeys.ReplaceLineEndings("\n  ")}}
        management:
          address: "{{Ip}}:{{ManagementPort}}"
          {{ManagementKeys.ReplaceLineEndings("\n  ")}}
        state:
          store: kubernetes
        """;
}
