using AkkaVault.Sandbox.Programs;

namespace AkkaVault.Sandbox;

/// <summary>Where a controller of several runs: what its configuration says beyond that of one alone.</summary>
/// <param name="Ip">Its own address on this machine.</param>
/// <param name="Replicas">How many controllers there are to be.</param>
/// <param name="ClusterKeys">More keys of its <c>cluster</c> section.</param>
/// <param name="ManagementKeys">More keys of its <c>management</c> section.</param>
public sealed record ControllerPlace(string Ip, int Replicas, string ClusterKeys = "", string ManagementKeys = "")
{
    /// <summary>The port that others look for it at.</summary>
    public const int ManagementPort = 8558;

    /// <summary>How a program is started there.</summary>
    public Func<ProgramCommand, ProgramCommand> Within { get; init; } = command => command;

    /// <summary>Its sections of the configuration file.</summary>
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
