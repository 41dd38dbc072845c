namespace AkkaVault.Sandbox.Kubernetes;

/// <summary>As which API server the simulated one answers: those of which there are recordings.</summary>
public enum ApiServerVersion
{
    /// <summary>1.20: EndpointSlices of version <c>v1beta1</c> only.</summary>
    Kubernetes120,

    /// <summary>1.36: EndpointSlices of version <c>v1</c> only, objects with generations and more defaults.</summary>
    Kubernetes136,
}
