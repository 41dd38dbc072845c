using System.Net;

namespace AkkaVault.Shared.Vault;

/// <summary>
/// A call that Vault refused or that did not reach Vault. The message contains the method, the path, the status and Vault's
/// errors; Vault does not repeat secrets in its errors (see https://developer.hashicorp.com/vault/api-docs#error-response).
/// </summary>
public sealed class VaultException : Exception
{
    /// <summary>Vault answered with an error.</summary>
    /// <param name="operation">The call, for example <c>PUT auth/approle/login</c>. It never contains a secret.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="errors">The <c>errors</c> of Vault's answer.</param>
    /// <param name="retryAfter">The <c>Retry-After</c> header, or null.</param>
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

    /// <summary>Vault did not answer, the answer makes no sense, or another server answered.</summary>
    /// <param name="operation">The call.</param>
    /// <param name="what">What went wrong.</param>
    /// <param name="inner">The cause.</param>
    /// <param name="retryAfter">The <c>Retry-After</c> header, or null.</param>
    public VaultException(string operation, string what, Exception? inner = null, TimeSpan? retryAfter = null)
        : base($"{operation}: {what}", inner)
    {
        Operation = operation;
        Errors = [];
        RetryAfter = retryAfter;
        Failure = VaultFailure.Transient;
        Cause = CauseIn(inner);
    }

    /// <summary>Vault's answer shows a problem that does not pass by itself.</summary>
    /// <param name="operation">The call.</param>
    /// <param name="what">The problem, and what to do.</param>
    /// <param name="failure">The kind of failure.</param>
    public VaultException(string operation, string what, VaultFailure failure)
        : this(operation, what) => Failure = failure;

    private VaultException(VaultException refused, string why)
        : base($"{refused.Message} ({why})", refused)
    {
        (Operation, Status, Errors, RetryAfter, Failure, Cause) = (refused.Operation, refused.Status, refused.Errors, refused.RetryAfter, refused.Failure, refused.Cause);
    }

    /// <summary>The call, for example <c>PUT auth/approle/login</c>.</summary>
    public string Operation { get; }

    /// <summary>The HTTP status, or null if there was none.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>Vault's errors; empty if the answer had none.</summary>
    public IReadOnlyList<string> Errors { get; }

    /// <summary>How long Vault asked the client to wait; null: not at all.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>The kind of failure. It decides what the caller does next.</summary>
    public VaultFailure Failure { get; }

    /// <summary>Why the call failed, for programs.</summary>
    public VaultCause Cause { get; init; }

    /// <summary>The same exception with a possible reason added: Vault says only that it refuses.</summary>
    public VaultException Explained(string why) => new(this, why);

    /// <summary>
    /// Vault does not know the wrapping token: it is used, revoked or expired. Only this one answer means that. Other errors about a
    /// wrapping token do not show whether it still exists.
    /// </summary>
    public bool IsUnknownWrappingToken => Status == HttpStatusCode.BadRequest && VaultWords.Say(Errors, VaultWords.UnknownWrappingToken);

    /// <summary>Vault does not know the accessor: its token no longer exists.</summary>
    public bool IsUnknownAccessor => Status == HttpStatusCode.BadRequest && VaultWords.Say(Errors, VaultWords.UnknownAccessor);

    /// <summary>
    /// The kind of failure that a status means (https://developer.hashicorp.com/vault/api-docs#http-status-codes): 429 is throttled; 503 is
    /// sealed, if Vault says so; other 5xx are transient, and so are 408, 412 (eventual consistency), 472 and 473 (standby health). 3xx and
    /// other 4xx are permanent.
    /// </summary>
    public static VaultFailure Classify(HttpStatusCode status, IReadOnlyList<string> errors) => (int)status switch
    {
        429 => VaultFailure.Throttled,
        503 when VaultWords.SaySealed(errors) => VaultFailure.Sealed,
        408 or 412 or 472 or 473 => VaultFailure.Transient,
        // Vault redirects to its active node, and the client follows that. Any other 3xx means that Vault has no such path.
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
