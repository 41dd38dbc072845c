using AkkaVault.Shared;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Shared;

public class GoDurationTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("300ms", 3_000_000)]
    [InlineData("1.5h", 54_000_000_000)]
    [InlineData("1h30m", 54_000_000_000)]
    [InlineData("-2s", -20_000_000)]
    [InlineData("+1us", 10)]
    [InlineData("1µs", 10)]
    [InlineData(".5s", 5_000_000)]
    [InlineData("100ns", 1)]
    [InlineData("2m0.5s", 1_205_000_000)]
    public void Go_durations_are_read(string text, long ticks)
    {
        Assert.True(GoDuration.TryParse(text, out var duration, out _));
        Assert.Equal(ticks, duration.Ticks);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("5")]
    [InlineData("m")]
    [InlineData("1.2.3s")]
    [InlineData("1d")]
    [InlineData("1 s")]
    [InlineData("-")]
    [InlineData(".s")]
    [InlineData("99999999999999h")]
    public void Others_are_not_and_say_what_was_expected(string? text)
    {
        Assert.False(GoDuration.TryParse(text, out _, out var error));
        Assert.NotEmpty(error!);
    }

    [Property(MaxTest = 2000)]
    public void What_is_written_is_read_back_unchanged(long ticks)
    {
        var duration = TimeSpan.FromTicks(ticks == long.MinValue ? 0 : ticks);
        Assert.True(GoDuration.TryParse(GoDuration.Format(duration), out var read, out var error), error);
        Assert.Equal(duration, read);
    }

    [Property(MaxTest = 500)]
    public void No_text_is_a_crash(string text) => GoDuration.TryParse(text, out _, out _);
}
