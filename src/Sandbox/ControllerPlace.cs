namespace AkkaVault.Sandbox;

/// <summary>Where a controller of several runs: what its configuration says beyond that of one alone.</summary>
/// <param name="Ip">Its own address on this machine.</param>
/// <param name="Replicas">How many controllers there are to be.</param>
public sealed record ControllerPlace(string Ip, int Replicas)
{
    /// <summary>The port that others look for it at.</summary>
    public const int ManagementPort = 8558;

    /// <summary>Its sections of the configuration file.</summary>
    public string Sections => $$"""
        cluster:
          hostname: "{{Ip}}"
          replicas: {{Replicas}}
        management:
          address: "{{Ip}}:{{ManagementPort}}"
        state:
          store: kubernetes
        """;
}
