using System.Net;

namespace AkkaVault.Shared.Vault;

/// <summary>
/// A call that Vault refused or that did not reach it. Its message holds the method, the path, the status and Vault's
/// own words; Vault does not repeat secrets in its errors (see https://developer.hashicorp.com/vault/api-docs#error-response).
/// </summary>
public sealed class VaultException : Exception
{
    /// <summary>Vault answered, with an error.</summary>
    /// <param name="operation">What was asked, for example <c>PUT auth/approle/login</c>. Never holds a secret.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="errors">Vault's <c>errors</c>.</param>
    /// <param name="retryAfter">The <c>Retry-After</c> header, if one came.</param>
    public VaultException(string operation, HttpStatusCode status, IReadOnlyList<string> errors, TimeSpan? retryAfter = null)
        : base($"{operation}: {(int)status}{(errors.Count == 0 ? "" : ": " + string.Join("; ", errors.Select(OneLine)))}")
    {
        Operation = operation;
        Status = status;
        Errors = errors;
        RetryAfter = retryAfter;
        Failure = Classify(status, errors);
        Cause = VaultCause.Status;
    }

    /// <summary>Vault did not answer, or not in a way that can be understood, or somebody else answered.</summary>
    /// <param name="operation">What was asked.</param>
    /// <param name="what">What went wrong.</param>
    /// <param name="inner">The cause.</param>
    /// <param name="retryAfter">The <c>Retry-After</c> header, if one came.</param>
    public VaultException(string operation, string what, Exception? inner = null, TimeSpan? retryAfter = null)
        : base($"{operation}: {what}", inner)
    {
        Operation = operation;
        Errors = [];
        RetryAfter = retryAfter;
        Failure = VaultFailure.Transient;
        Cause = CauseIn(inner);
    }

    /// <summary>Vault answered, in a way that will not change by itself.</summary>
    /// <param name="operation">What was asked.</param>
    /// <param name="what">What is wrong, and what to do.</param>
    /// <param name="failure">What kind of failure it is.</param>
    public VaultException(string operation, string what, VaultFailure failure)
        : this(operation, what) => Failure = failure;

    private VaultException(VaultException refused, string why)
        : base($"{refused.Message} ({why})", refused)
    {
        (Operation, Status, Errors, RetryAfter, Failure, Cause) = (refused.Operation, refused.Status, refused.Errors, refused.RetryAfter, refused.Failure, refused.Cause);
    }

    /// <summary>What was asked, for example <c>PUT auth/approle/login</c>.</summary>
    public string Operation { get; }

    /// <summary>The HTTP status, or null when Vault gave none.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>Vault's own words; empty when it had none.</summary>
    public IReadOnlyList<string> Errors { get; }

    /// <summary>How long Vault asked to wait.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>What kind of failure this is.</summary>
    public VaultFailure Failure { get; }

    /// <summary>Of what it failed.</summary>
    public VaultCause Cause { get; init; }

    /// <summary>The same, with what may be the reason: Vault does not say more than that it refuses.</summary>
    public VaultException Explained(string why) => new(this, why);

    /// <summary>
    /// Vault does not know the wrapping token: it is used, revoked or expired. True for that one answer only; whatever else goes
    /// wrong with a wrapping token says nothing of it.
    /// </summary>
    public bool IsUnknownWrappingToken => Status == HttpStatusCode.BadRequest && VaultWords.Say(Errors, VaultWords.UnknownWrappingToken);

    /// <summary>Vault does not know the accessor: its token is gone.</summary>
    public bool IsUnknownAccessor => Status == HttpStatusCode.BadRequest && VaultWords.Say(Errors, VaultWords.UnknownAccessor);

    /// <summary>
    /// The class of a status (https://developer.hashicorp.com/vault/api-docs#http-status-codes): 429 and 5xx pass, 4xx stay.
    /// 412 (eventual consistency), 472 and 473 (standby health) pass as well.
    /// </summary>
    public static VaultFailure Classify(HttpStatusCode status, IReadOnlyList<string> errors) => (int)status switch
    {
        429 => VaultFailure.Throttled,
        503 when VaultWords.SaySealed(errors) => VaultFailure.Sealed,
        408 or 412 or 472 or 473 => VaultFailure.Transient,
        // Where Vault redirects to other than its active node, the path is not one that it has.
        (>= 300 and < 400) or (>= 400 and < 500) => VaultFailure.Permanent,
        _ => VaultFailure.Transient,
    };

    private static VaultCause CauseIn(Exception? inner) => inner switch
    {
        HttpRequestException => IsUntrusted(inner) ? VaultCause.Untrusted : VaultCause.Unreachable,
        OperationCanceledException => VaultCause.NoAnswer,
        _ => VaultCause.Other,
    };

    private static bool IsUntrusted(Exception? e) => e is UntrustedCertificateException || (e is not null && IsUntrusted(e.InnerException));

    private static string OneLine(string error) =>
        string.Join(' ', error.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
}
