namespace AkkaVault.InitContainer;

/// <summary>What the process ends with. Kubernetes shows it in the container's status.</summary>
internal static class ExitCodes
{
    /// <summary>The credential is written; a sidecar was asked to stop.</summary>
    public const int Delivered = 0;

    /// <summary>No credential: the time was up, or the port could not be listened on.</summary>
    public const int Failed = 1;

    /// <summary>The environment variables are wrong; nothing was tried.</summary>
    public const int Misconfigured = 2;

    /// <summary>A sidecar's token is lost: it was revoked, or it expired while Vault failed.</summary>
    public const int TokenLost = 3;

    /// <summary>A sidecar's token cannot be renewed any longer, and will end soon.</summary>
    public const int TokenEnding = 4;

    /// <summary>Stopped by SIGINT: 128 and the signal's number, as shells say it.</summary>
    public const int Interrupted = 130;

    /// <summary>Stopped by SIGTERM.</summary>
    public const int Terminated = 143;
}
