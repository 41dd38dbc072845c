namespace AkkaVault.InitContainer;

/// <summary>A push that is not taken: what is answered.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="reason">A word of <see cref="Shared.Push.PushRejection"/>.</param>
/// <param name="detail">For people; holds nothing secret.</param>
public sealed class RejectionException(int status, string reason, string detail) : Exception(detail)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>A word of <see cref="Shared.Push.PushRejection"/>.</summary>
    public string Reason { get; } = reason;
}
