using System.Collections.Concurrent;
using System.Numerics;
using AkkaVault.Shared.Push;

namespace AkkaVault.InitContainer;

/// <summary>Logs rejections. Safe to use from any thread.</summary>
/// <param name="log">The log.</param>
internal sealed class RejectionLog(Log log)
{
    private readonly ConcurrentDictionary<string, long> _seen = new(StringComparer.Ordinal);

    /// <summary>Whether a reason comes from requests that are no pushes: of scanners, of probes, or with half a body.</summary>
    public static bool IsNoise(string reason) => reason is
        PushRejection.UndecodablePush or PushRejection.BodyTooLarge or PushRejection.BodyTooSlow or PushRejection.NotFound or PushRejection.MethodNotAllowed;

    /// <summary>Logs a rejection.</summary>
    /// <param name="rejection">The rejection.</param>
    /// <param name="what">Which request, and from whom.</param>
    public void Tell(Rejection rejection, string what)
    {
        var line = $"Rejected {what}: {rejection.Status} {rejection.Reason}: {rejection.Detail}";
        switch (rejection.Reason)
        {
            case var reason when IsNoise(reason):
                log.Debug(line);
                break;
            // A wrong address or a wrong clock, which only an operator can correct. Strangers can send such pushes, too, and as often as they
            // like, so only the first, the second, the fourth, the eighth… of each reason is logged as an error.
            case PushRejection.InvalidPush or PushRejection.ExpiredToken or PushRejection.VaultNotExpected:
                var count = _seen.AddOrUpdate(rejection.Reason, 1, (_, before) => before + 1);
                if (!BitOperations.IsPow2(count)) log.Debug(line);
                else log.Error(count == 1 ? line : $"{line} ({count} of this reason so far)");
                break;
            // Vault's answer to a well-formed push.
            default:
                log.Error(line);
                break;
        }
    }
}
