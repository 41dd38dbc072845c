namespace AkkaVault.Tests.TestKit.Faults;

/// <summary>Faults in one answer of Vault.</summary>
public enum Fault
{
    /// <summary>The connection is reset after the request was read.</summary>
    Reset,

    /// <summary>The answer's headers and half of its body are sent, then the connection is reset.</summary>
    ResetInBody,

    /// <summary>The headers are sent, and then single bytes without an end.</summary>
    NeverEnds,

    /// <summary>The status in the name, with errors in Vault's format.</summary>
    Status500,
    Status502,
    Status503,
    Status403,
    Status404,

    /// <summary>429 with <c>Retry-After: 1</c>.</summary>
    Status429,

    /// <summary>503 with the message of a sealed Vault.</summary>
    Sealed,

    /// <summary>200 with JSON that ends in the middle.</summary>
    TruncatedJson,

    /// <summary>200 with a web page.</summary>
    WebPage,

    /// <summary>200 with an empty body.</summary>
    Empty,

    /// <summary>200 with a body that is too large to be read.</summary>
    TooLarge,

    /// <summary>The proper answer with the content type text/plain.</summary>
    WrongContentType,

    /// <summary>307 to the address of the proper answer, as from a standby node.</summary>
    Redirect,

    /// <summary>307 to the same address, twice in a row.</summary>
    RedirectTwice,
}
