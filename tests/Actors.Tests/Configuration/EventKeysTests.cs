using AkkaVault.Controller.Configuration;

namespace AkkaVault.Actors.Tests.Configuration;

/// <summary><c>kubernetes.events</c>.</summary>
public class EventKeysTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData(", events: {delivered: true}", true)]
    [InlineData(", events: {delivered: false}", false)]
    public void Deliveries_are_told_where_that_is_asked_for(string events, bool delivered) => Assert.Equal(delivered, Read(events).Configuration!.Kubernetes.DeliveredEvents);

    [Fact]
    public void Anything_else_is_refused() => Assert.Equal("kubernetes.events.delivered: \"often\": expected true or false", Assert.Single(Read(", events: {delivered: often}").Problems));

    private static ConfigurationResult Read(string events) => ConfigurationReader.Read($$"""
        vault: {addr: "http://vault:8200", token: s.x}
        kubernetes: {watchNamespace: default, serviceNamespace: default, service: kubernetes-vault{{events}}}
        """, _ => null);
}
