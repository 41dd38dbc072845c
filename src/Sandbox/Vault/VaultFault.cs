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

    /// <summary>Only slower.</summary>
    public static VaultFault Slow(TimeSpan latency) => new() { Latency = latency };

    /// <summary>An error answer.</summary>
    public static VaultFault Answer(int status, params string[] errors) => new() { Status = status, Errors = errors };

    /// <summary>The connection is cut before the request is looked at.</summary>
    public static VaultFault DropRequest { get; } = new() { Drop = true };

    /// <summary>The request is done, the connection cut before its answer.</summary>
    public static VaultFault DropAnswer { get; } = new() { Drop = true, AfterHandling = true };
}
