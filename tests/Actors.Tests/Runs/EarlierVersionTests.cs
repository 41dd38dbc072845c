using System.Text;
using Akka.Actor;
using AkkaVault.Controller.Cluster.Serialization;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Runs;

namespace AkkaVault.Actors.Tests.Runs;

/// <summary>During an update, nodes of two versions ask each other for their runs.</summary>
public sealed class EarlierVersionTests : IDisposable
{
    private readonly ActorSystem _system = ActorSystem.Create("versions");

    public void Dispose() => _system.Dispose();

    [Theory]
    [InlineData("Accepted", nameof(DeliveryState.Pending))]
    [InlineData("Issuing", nameof(DeliveryState.Issuing))]
    [InlineData("Pushing", nameof(DeliveryState.Pushing))]
    [InlineData("Waiting", nameof(DeliveryState.Waiting))]
    [InlineData("Delivered", nameof(DeliveryState.Delivered))]
    [InlineData("Dropped", nameof(DeliveryState.Cancelled))]
    [InlineData("Ended", nameof(DeliveryState.Ended))]
    public void A_state_has_the_name_on_the_wire_that_it_had_in_the_first_version(string name, string state) =>
        Assert.Equal(state, $"{RoundTrip(Page(name, "null")).State}");

    [Theory]
    [InlineData("Delivered", nameof(RunOutcome.Delivered))]
    [InlineData("Gone", nameof(RunOutcome.Cancelled))]
    public void An_outcome_has_the_name_on_the_wire_that_it_had_in_the_first_version(string name, string outcome) =>
        Assert.Equal(outcome, $"{RoundTrip(Page("Ended", $"\"{name}\"")).Outcome}");

    /// <summary>Reads a message of an earlier version, and checks that this version would send the same message.</summary>
    private RunSummary RoundTrip(string message)
    {
        var serializer = new WireSerializer((ExtendedActorSystem)_system);
        var page = Assert.IsType<RunsPage>(serializer.FromBinary(Encoding.UTF8.GetBytes(message), "runs-part"));
        Assert.Equal(message, Encoding.UTF8.GetString(serializer.ToBinary(page)));
        return Assert.Single(page.Runs);
    }

    private static string Page(string state, string outcome) =>
        $$"""{"node":"a","lines":[{"run":{"uid":"u","container":"c"},"namespace":"default","pod":"web-0","role":"web","state":"{{state}}","attempts":3,"lastError":null,"seenAt":"2026-11-24T01:02:03+00:00","endedAt":null,"outcome":{{outcome}}}],"sent":1,"known":1}""";
}
