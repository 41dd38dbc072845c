using AkkaVault.Controller.Configuration;

namespace AkkaVault.Actors.Tests.Configuration;

/// <summary>Reads only the settings that say which pods are watched.</summary>
public class WatchedPodsTests
{
    [Fact]
    public void Which_pods_are_watched_is_read_where_other_settings_are_wrong_and_their_variables_unset()
    {
        var (watched, problems) = ConfigurationReader.ReadWatched(
            """
            vault: {addr: $ADDR, token: $TOKEN, wrappingTTL: soon}
            kubernetes: {watchNamespace: $WATCHED, labelSelector: team=blue, serviceNamespace: $POD_NAMESPACE, service: [a, b], events: {delivered: maybe}}
            """,
            name => name == "WATCHED" ? "apps" : null);
        Assert.Empty(problems);
        Assert.Equal(("apps", "team=blue"), (watched!.Scope.SingleNamespace, watched.LabelSelector));
    }

    [Theory]
    [InlineData("kubernetes: {watchNamespace: $WATCHED}", "kubernetes.watchNamespace: is empty, because $WATCHED is not set, or empty itself; it is required")]
    [InlineData("kubernetes: {watchNamespace: [a, b]}", "kubernetes.watchNamespace: \"[a, b]\": expected one value")]
    [InlineData("kubernetes: {watchNamespace: a, labelSelector: '!'}", "kubernetes.labelSelector: \"!\": expected a label selector such as team=blue, as kubectl get --selector takes it")]
    [InlineData("kubernetes: here", "kubernetes: \"here\": expected keys below it, such as kubernetes.watchNamespace|kubernetes.watchNamespace: is missing or empty; it is required")]
    public void What_is_wrong_with_the_settings_of_the_watched_pods_is_a_problem(string yaml, string expected)
    {
        var (watched, problems) = ConfigurationReader.ReadWatched(yaml, _ => null);
        Assert.Null(watched);
        Assert.Equal(expected, string.Join('|', problems));
    }
}
