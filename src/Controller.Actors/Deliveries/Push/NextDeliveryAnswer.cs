using System.Text.Json;

namespace AkkaVault.Controller.Deliveries.Push;

/// <summary>
/// Reads from the answer to a push when the run wants a redelivery: <c>{"nextDeliverySeconds": N}</c>. Anything may listen on a
/// pod's port and answer anything. What is no whole number asks for nothing.
/// </summary>
internal static class NextDeliveryAnswer
{
    /// <summary>The member's name.</summary>
    public const string Member = "nextDeliverySeconds";

    /// <summary>The shortest time from one delivery to the next: whatever answers, it costs a request to Vault each time.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(2);

    /// <summary>The longest time.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    /// <summary>After what time the run wants a redelivery, from <see cref="Shortest"/> to <see cref="Longest"/>; null: it wants none.</summary>
    /// <param name="body">The answer.</param>
    public static TimeSpan? Read(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(Member, out var value)
                && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds)
                ? TimeSpan.FromSeconds(Math.Clamp(seconds, (long)Shortest.TotalSeconds, (long)Longest.TotalSeconds))
                : null;
        }
        // The original's init container, and one that wants no other delivery, answer without JSON.
        catch (JsonException)
        {
            return null;
        }
    }
}
