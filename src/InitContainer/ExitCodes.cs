namespace AkkaVault.InitContainer;

/// <summary>The exit codes of the process. Kubernetes shows them in the container's status.</summary>
internal static class ExitCodes
{
    /// <summary>An init container has written the credential, or a sidecar was asked to stop.</summary>
    public const int Delivered = 0;

    /// <summary>There is no credential: none came in time, or the process could not listen on its port.</summary>
    public const int Failed = 1;

    /// <summary>The environment variables are wrong. The process has done nothing.</summary>
    public const int Misconfigured = 2;

    /// <summary>A sidecar's token is lost: it was revoked, or it expired while Vault failed.</summary>
    public const int TokenLost = 3;

    /// <summary>A sidecar's token cannot be renewed any longer, and will end soon.</summary>
    public const int TokenEnding = 4;

    /// <summary>Stopped by SIGINT: 128 plus the signal's number, as shells report it.</summary>
    public const int Interrupted = 130;

    /// <summary>Stopped by SIGTERM.</summary>
    public const int Terminated = 143;
}
