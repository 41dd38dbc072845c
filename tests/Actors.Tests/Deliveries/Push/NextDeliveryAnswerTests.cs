using System.Text;
using AkkaVault.Controller.Deliveries.Push;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Deliveries.Push;

public class NextDeliveryAnswerTests
{
    [Theory]
    [InlineData("""{"nextDeliverySeconds": 3600}""", 3600)]
    [InlineData("""{"reason":"already-served","detail":"it has one","nextDeliverySeconds":90}""", 90)]
    [InlineData("""{"nextDeliverySeconds": 0}""", 2)]
    [InlineData("""{"nextDeliverySeconds": -5}""", 2)]
    [InlineData("""{"nextDeliverySeconds": 9223372036854775807}""", 366L * 24 * 60 * 60)]
    public void A_whole_number_is_when_and_is_bounded(string answer, long seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), NextDeliveryAnswer.Read(Encoding.UTF8.GetBytes(answer)));

    [Theory]
    [InlineData("")]
    [InlineData("ok")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("3600")]
    [InlineData("{}")]
    [InlineData("""{"nextDeliverySeconds": null}""")]
    [InlineData("""{"nextDeliverySeconds": "3600"}""")]
    [InlineData("""{"nextDeliverySeconds": 1.5}""")]
    [InlineData("""{"nextDeliverySeconds": 1e99}""")]
    [InlineData("""{"nextDeliverySeconds": 9223372036854775808}""")]
    [InlineData("""{"nextDeliverySeconds": {"seconds": 3}}""")]
    [InlineData("""{"NextDeliverySeconds": 3600}""")]
    public void Anything_else_asks_for_nothing(string answer) => Assert.Null(NextDeliveryAnswer.Read(Encoding.UTF8.GetBytes(answer)));

    [Property]
    public void Whatever_bytes_come_are_no_reason_to_fail(byte[] answer) => NextDeliveryAnswer.Read(answer);
}
