namespace AkkaVault.Node.Tests;

/// <summary>The tests that share the node.</summary>
[CollectionDefinition(Name)]
public sealed class NodeCollection : ICollectionFixture<KubernetesNode>
{
    public const string Name = "node";
}
