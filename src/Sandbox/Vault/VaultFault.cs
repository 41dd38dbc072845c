namespace AkkaVault.Sandbox.Vault;

/// <summary>A fault in the answer to one request. It replaces the proper answer, or changes it.</summary>
public sealed record VaultFault
{
    /// <summary>The delay before anything else happens.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>The status to answer with; null: the proper answer.</summary>
    public int? Status { get; init; }

    /// <summary>The <c>errors</c> of the answer, when <see cref="Status"/> is set.</summary>
    public IReadOnlyList<string> Errors { get; init; } = [];

    /// <summary>The <c>Retry-After</c> header, in whole seconds.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the connection is cut and no answer is sent.</summary>
    public bool Drop { get; init; }

    /// <summary>Whether Vault handles the request first, so that only the answer is lost.</summary>
    public bool AfterHandling { get; init; }

    internal Spoiling Spoils { get; init; }

    internal Uri? Elsewhere { get; init; }

    internal long Size { get; init; }

    /// <summary>The proper answer after a delay.</summary>
    public static VaultFault Slow(TimeSpan latency) => new() { Latency = latency };

    /// <summary>An error answer.</summary>
    public static VaultFault Answer(int status, params string[] errors) => new() { Status = status, Errors = errors };

    /// <summary>The connection is cut before Vault handles the request.</summary>
    public static VaultFault DropRequest { get; } = new() { Drop = true };

    /// <summary>Vault handles the request, and the connection is cut before the answer.</summary>
    public static VaultFault DropAnswer { get; } = new() { Drop = true, AfterHandling = true };

    /// <summary>Vault handles the request, and the connection is cut in the middle of the answer's body.</summary>
    public static VaultFault CutBody { get; } = new() { Spoils = Spoiling.Cut, AfterHandling = true };

    /// <summary>Vault handles the request. Only the first half of the JSON is sent, as a complete body.</summary>
    public static VaultFault TruncatedJson { get; } = new() { Spoils = Spoiling.Truncated, AfterHandling = true };

    /// <summary>Vault handles the request and answers properly, but with the content type <c>text/html</c>.</summary>
    public static VaultFault WrongContentType { get; } = new() { Spoils = Spoiling.ContentType, AfterHandling = true };

    /// <summary>
    /// 200 with a body that begins as JSON and grows by a letter several times a
    /// second until the client disconnects. Vault does not handle the request.
    /// </summary>
    public static VaultFault EndlessBody { get; } = new() { Spoils = Spoiling.Endless };

    /// <summary>200 with an HTML page, as from a proxy in front of Vault. Vault does not handle the request.</summary>
    public static VaultFault NotJson { get; } = new() { Spoils = Spoiling.Page };

    /// <summary>200 with an empty body. Vault does not handle the request.</summary>
    public static VaultFault EmptyBody { get; } = new() { Spoils = Spoiling.Empty };

    /// <summary>200 with valid JSON of that many bytes, at least 64. Vault does not handle the request.</summary>
    public static VaultFault OversizedBody(long bytes) => bytes >= 64
        ? new() { Spoils = Spoiling.Oversized, Size = bytes }
        : throw new ArgumentOutOfRangeException(nameof(bytes), bytes, "At least 64.");

    /// <summary>307 to the same path at another address, as from a standby node to the active node. Vault does not handle the request.</summary>
    /// <param name="address">The other base address, without <c>/v1</c>.</param>
    public static VaultFault Redirect(Uri address) => new() { Spoils = Spoiling.Redirect, Elsewhere = address };
}

/// <summary>How a fault changes the answer on the wire.</summary>
internal enum Spoiling
{
    None,
    Cut,
    Truncated,
    ContentType,
    Endless,
    Page,
    Empty,
    Oversized,
    Redirect,
}
