namespace AkkaVault.Sandbox.Vault;

/// <summary>What a simulated Vault does to one request instead of, or around, its proper answer.</summary>
public sealed record VaultFault
{
    /// <summary>Waited before anything else happens.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>The status to answer with; null: the proper answer.</summary>
    public int? Status { get; init; }

    /// <summary>The <c>errors</c> to answer with, when <see cref="Status"/> is set.</summary>
    public IReadOnlyList<string> Errors { get; init; } = [];

    /// <summary>Sent as the <c>Retry-After</c> header, in whole seconds.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Cuts the connection instead of answering.</summary>
    public bool Drop { get; init; }

    /// <summary>Does what was asked first, so that the fault loses only the answer.</summary>
    public bool AfterHandling { get; init; }

    internal Spoiling Spoils { get; init; }

    internal Uri? Elsewhere { get; init; }

    internal long Size { get; init; }

    /// <summary>Only slower.</summary>
    public static VaultFault Slow(TimeSpan latency) => new() { Latency = latency };

    /// <summary>An error answer.</summary>
    public static VaultFault Answer(int status, params string[] errors) => new() { Status = status, Errors = errors };

    /// <summary>The connection is cut before the request is looked at.</summary>
    public static VaultFault DropRequest { get; } = new() { Drop = true };

    /// <summary>The request is done, the connection cut before its answer.</summary>
    public static VaultFault DropAnswer { get; } = new() { Drop = true, AfterHandling = true };

    /// <summary>The request is done, the connection cut in the middle of the proper answer's body.</summary>
    public static VaultFault CutBody { get; } = new() { Spoils = Spoiling.Cut, AfterHandling = true };

    /// <summary>The request is done; of the proper JSON only the first half is sent, as if that were all of it.</summary>
    public static VaultFault TruncatedJson { get; } = new() { Spoils = Spoiling.Truncated, AfterHandling = true };

    /// <summary>The request is done and properly answered, but as <c>text/html</c>.</summary>
    public static VaultFault WrongContentType { get; } = new() { Spoils = Spoiling.ContentType, AfterHandling = true };

    /// <summary>200 with a body that begins as JSON and gets a letter longer several times a second, until the client goes. The request is not looked at.</summary>
    public static VaultFault EndlessBody { get; } = new() { Spoils = Spoiling.Endless };

    /// <summary>200 with a page in HTML, as a proxy in front of Vault may answer. The request is not looked at.</summary>
    public static VaultFault NotJson { get; } = new() { Spoils = Spoiling.Page };

    /// <summary>200 with a body of no bytes. The request is not looked at.</summary>
    public static VaultFault EmptyBody { get; } = new() { Spoils = Spoiling.Empty };

    /// <summary>200 with good JSON of that many bytes, at least 64. The request is not looked at.</summary>
    public static VaultFault OversizedBody(long bytes) => bytes >= 64
        ? new() { Spoils = Spoiling.Oversized, Size = bytes }
        : throw new ArgumentOutOfRangeException(nameof(bytes), bytes, "At least 64.");

    /// <summary>307 to the same path at another address, as a standby node points to the active one. The request is not looked at.</summary>
    /// <param name="address">The other base address, without <c>/v1</c>.</param>
    public static VaultFault Redirect(Uri address) => new() { Spoils = Spoiling.Redirect, Elsewhere = address };
}

/// <summary>What a fault does to the answer on the wire.</summary>
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
