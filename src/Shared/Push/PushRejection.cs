namespace AkkaVault.Shared.Push;

/// <summary>
/// Why an init container rejected a push: the <c>reason</c> of its JSON answer <c>{"reason":"…","detail":"…"}</c>. The
/// original's init container sends no reason.
/// </summary>
public static class PushRejection
{
    /// <summary>400: the body is not the JSON of a push.</summary>
    public const string UndecodablePush = "undecodable-push";

    /// <summary>400: a value is missing or makes no sense.</summary>
    public const string InvalidPush = "invalid-push";

    /// <summary>400: the wrapping token has expired.</summary>
    public const string ExpiredToken = "expired-token";

    /// <summary>403: the push names another Vault than the init container expects (<c>EXPECTED_VAULT_ADDR</c>).</summary>
    public const string VaultNotExpected = "vault-not-expected";

    /// <summary>413: the body is larger than <see cref="SecretPush.MaxBodyBytes"/>.</summary>
    public const string BodyTooLarge = "body-too-large";

    /// <summary>408: the body did not arrive in time.</summary>
    public const string BodyTooSlow = "body-too-slow";

    /// <summary>409: Vault does not know the wrapping token: it is used, revoked or expired.</summary>
    public const string WrappingTokenInvalid = "wrapping-token-invalid";

    /// <summary>403: the wrapping token does not come from an AppRole's secret-id endpoint.</summary>
    public const string WrappingTokenForeign = "wrapping-token-foreign";

    /// <summary>503: Vault did not answer before the wrapping token was used. The controller may push the same token again.</summary>
    public const string VaultUnavailable = "vault-unavailable";

    /// <summary>502: the wrapping token is used, and Vault refused the login.</summary>
    public const string LoginRefused = "login-refused";

    /// <summary>502: the wrapping token is used, and the login, or the reading of secrets after it, did not reach Vault. The run needs a new token.</summary>
    public const string LoginFailed = "login-failed";

    /// <summary>502: the wrapping token is used, and Vault refused a secret of <c>VAULT_SECRETS</c>, or the secret does not have what its secret files need.</summary>
    public const string SecretUnreadable = "secret-unreadable";

    /// <summary>500: the wrapping token is used, and the files could not be written.</summary>
    public const string WriteFailed = "write-failed";

    /// <summary>500: an unexpected error; the init container's log says which. The wrapping token may have been used.</summary>
    public const string InternalError = "internal-error";

    /// <summary>409: the init container has accepted another push before. A sidecar that wants a redelivery says when, as in <see cref="PushAnswer"/>.</summary>
    public const string AlreadyServed = "already-served";

    /// <summary>404: the path is not <c>/</c>.</summary>
    public const string NotFound = "not-found";

    /// <summary>405: the method is not POST.</summary>
    public const string MethodNotAllowed = "method-not-allowed";

    /// <summary>Whether a text is one of these reasons. Any program may answer on a pod's port.</summary>
    public static bool IsKnown(string reason) => reason is
        UndecodablePush or InvalidPush or ExpiredToken or VaultNotExpected or BodyTooLarge or BodyTooSlow or WrappingTokenInvalid or
        WrappingTokenForeign or VaultUnavailable or LoginRefused or LoginFailed or SecretUnreadable or WriteFailed or InternalError or AlreadyServed or
        NotFound or MethodNotAllowed;
}
