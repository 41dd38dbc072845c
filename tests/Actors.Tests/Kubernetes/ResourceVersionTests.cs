using AkkaVault.Controller.Kubernetes;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Kubernetes;

public sealed class ResourceVersionTests
{
    [Property]
    public bool Numbers_are_compared_as_numbers(ulong one, ulong other) => ResourceVersion.Compare($"{one}", $"{other}") is { } sign && Math.Sign(sign) == one.CompareTo(other);

    [Theory]
    [InlineData(null, "1")]
    [InlineData("1", null)]
    [InlineData("", "1")]
    [InlineData("1", "a")]
    [InlineData("-1", "1")]
    [InlineData(" 1", "1")]
    [InlineData("1", "18446744073709551616")]
    public void Anything_else_is_not_compared(string? one, string? other) => Assert.Null(ResourceVersion.Compare(one, other));
}
