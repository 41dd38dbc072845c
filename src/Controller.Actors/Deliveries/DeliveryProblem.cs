using System.Globalization;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Controller.Deliveries;

/// <summary>What keeps a run from its secret.</summary>
/// <param name="Code">For programs: see <see cref="ProblemCode"/>.</param>
/// <param name="Text">For people.</param>
internal sealed record DeliveryProblem(string Code, string Text)
{
    /// <summary>The wrapping token would have expired before it could be pushed.</summary>
    public static readonly DeliveryProblem TooLate = new(ProblemCode.TooLate, "the wrapping token would have expired before its turn to be pushed came");

    /// <summary>The wrapping token had almost expired when Vault answered.</summary>
    public static readonly DeliveryProblem WrappingTooShort = new(ProblemCode.WrappingTooShort, "the wrapping token was all but expired when Vault answered");

    /// <summary>Vault has not answered so far.</summary>
    public static readonly DeliveryProblem VaultAwaited = new(ProblemCode.VaultAwaited, "Vault has issued no secret_id so far, and not refused it either");

    /// <summary>The push has not begun so far.</summary>
    public static readonly DeliveryProblem PushAwaited = new(ProblemCode.PushAwaited, "the push has waited for its turn so far");

    /// <summary>Vault issued nothing.</summary>
    public static DeliveryProblem Of(VaultException failure) => new(ProblemCode.Of(failure), failure.Message);

    /// <summary>Nobody listens on the port of the pod.</summary>
    public static DeliveryProblem Of(PushOutcome.NotListening refused) => new(refused.Code, $"no connection to port 50000 of the pod: {refused.Detail}");

    /// <summary>Nobody answers on the port of the pod.</summary>
    public static DeliveryProblem Of(PushOutcome.NoAnswer silent) => new(silent.Code, $"the push to port 50000 of the pod was not answered: {silent.Detail}");

    /// <summary>The init container rejected the push.</summary>
    public static DeliveryProblem Of(PushOutcome.Rejected rejected)
    {
        var reason = rejected.Detail.Length == 0 ? rejected.Reason : $"{rejected.Reason}: {rejected.Detail}";
        return new DeliveryProblem(
            ProblemCode.Of(rejected), string.Create(CultureInfo.InvariantCulture, $"the init container answered {rejected.Status}{(reason.Length == 0 ? "" : $" ({reason})")}"));
    }
}
