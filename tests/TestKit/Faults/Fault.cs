namespace AkkaVault.Tests.TestKit.Faults;

/// <summary>What can go wrong with one answer of Vault.</summary>
public enum Fault
{
    /// <summary>The connection is reset as soon as the request was read.</summary>
    Reset,

    /// <summary>The answer's headers and half of its body, then a reset.</summary>
    ResetInBody,

    /// <summary>The headers, and then a byte now and then, for ever.</summary>
    NeverEnds,

    /// <summary>Statuses with Vault's form of errors.</summary>
    Status500,
    Status502,
    Status503,
    Status403,
    Status404,

    /// <summary>429 with <c>Retry-After: 1</c>.</summary>
    Status429,

    /// <summary>503 in Vault's words for a seal.</summary>
    Sealed,

    /// <summary>200, and JSON that stops in the middle.</summary>
    TruncatedJson,

    /// <summary>200, and a web page.</summary>
    WebPage,

    /// <summary>200, and nothing.</summary>
    Empty,

    /// <summary>200, and more than anybody would read.</summary>
    TooLarge,

    /// <summary>The right answer, called text/plain.</summary>
    WrongContentType,

    /// <summary>307 to where the right answer is, as a standby does.</summary>
    Redirect,

    /// <summary>307 to itself.</summary>
    RedirectLoop,
}
