namespace AkkaVault.Sandbox.Kubernetes;

/// <summary>The version of Kubernetes that the simulated API server imitates. There are recordings of both versions.</summary>
public enum ApiServerVersion
{
    /// <summary>1.20: it has EndpointSlices only in <c>v1beta1</c>.</summary>
    Kubernetes120,

    /// <summary>1.36: it has EndpointSlices only in <c>v1</c>; objects have generations and more defaults.</summary>
    Kubernetes136,
}
