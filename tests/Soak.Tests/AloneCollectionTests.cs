namespace AkkaVault.Soak.Tests;

public class AloneCollectionTests
{
    /// <summary>CI runs the others beside the tests of the node, and chooses by the category.</summary>
    [Fact]
    public void The_category_Alone_is_that_of_its_tests_and_of_no_other()
    {
        var classes = typeof(AloneCollection).Assembly.GetTypes();
        Assert.Equal(
            Of<CollectionAttribute>(classes, [AloneCollection.Name]),
            Of<TraitAttribute>(classes, ["Category", "Alone"]));
    }

    private static IReadOnlyList<string> Of<T>(IEnumerable<Type> classes, IEnumerable<object> arguments) =>
    [
        .. classes.Where(type => type.GetCustomAttributesData().Any(attribute => attribute.AttributeType == typeof(T) && attribute.ConstructorArguments.Select(argument => argument.Value!).SequenceEqual(arguments)))
            .Select(type => type.Name).Order(StringComparer.Ordinal),
    ];
}
