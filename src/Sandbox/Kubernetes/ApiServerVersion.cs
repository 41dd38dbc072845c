namespace AkkaVault.Sandbox.Kubernetes;

/// <summary>The API server that the simulated one imitates. There are recordings of both.</summary>
public enum ApiServerVersion
{
    /// <summary>1.20: only <c>v1beta1</c> of EndpointSlices.</summary>
    Kubernetes120,

    /// <summary>1.36: only <c>v1</c> of EndpointSlices; objects have generations and more defaults.</summary>
    Kubernetes136,
}
