using System.Reflection;
using AkkaVault.InitContainer;
using AkkaVault.Shared.Push;

namespace AkkaVault.Actors.Tests.InitContainer;

/// <summary>Which rejected pushes are logged, however many strangers push.</summary>
public class RejectionLogTests
{
    [Theory]
    [InlineData(PushRejection.VaultNotExpected)]
    [InlineData(PushRejection.ExpiredToken)]
    [InlineData(PushRejection.InvalidPush)]
    public void An_operators_mistake_is_an_error_ever_more_rarely(string reason) =>
        Assert.Equal([1, 2, 4, 8, 16], Told(reason, 20).Index().Where(told => told.Item).Select(told => told.Index + 1));

    [Fact]
    public void A_flood_of_one_reason_hides_no_other()
    {
        using var written = new StringWriter();
        var rejections = new RejectionLog(new Log(LogLevel.Error, written, written));
        for (var i = 0; i < 1000; i++) rejections.Tell(Rejection.Invalid("noise"), "POST");
        rejections.Tell(Rejection.VaultNotExpected("the push names the Vault https://a/, and EXPECTED_VAULT_ADDR is https://b/"), "POST from 10.0.0.1");
        var lines = written.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(11, lines.Length);
        Assert.EndsWith("400 invalid-push: noise (512 of this reason so far)", lines[9], StringComparison.Ordinal);
        Assert.EndsWith("POST from 10.0.0.1: 403 vault-not-expected: the push names the Vault https://a/, and EXPECTED_VAULT_ADDR is https://b/", lines[10], StringComparison.Ordinal);
    }

    [Fact]
    public void Of_all_reasons_only_noise_is_left_to_debugging() => Assert.Equal(
        new[] { PushRejection.UndecodablePush, PushRejection.BodyTooLarge, PushRejection.BodyTooSlow, PushRejection.NotFound, PushRejection.MethodNotAllowed }.Order(StringComparer.Ordinal),
        typeof(PushRejection).GetFields(BindingFlags.Public | BindingFlags.Static).Select(reason => (string)reason.GetRawConstantValue()!).Where(reason => !Told(reason, 1)[0]).Order(StringComparer.Ordinal));

    private static IReadOnlyList<bool> Told(string reason, int times)
    {
        using var written = new StringWriter();
        var rejections = new RejectionLog(new Log(LogLevel.Error, written, written));
        var told = new List<bool>();
        for (var i = 0; i < times; i++)
        {
            written.GetStringBuilder().Clear();
            rejections.Tell(new Rejection(400, reason, "detail"), "POST");
            told.Add(written.GetStringBuilder().Length > 0);
        }

        return told;
    }
}
