namespace AkkaVault.InitContainer;

/// <summary>What the process ends with. Kubernetes shows it in the container's status.</summary>
internal static class ExitCodes
{
    /// <summary>The credential is written.</summary>
    public const int Delivered = 0;

    /// <summary>No credential: the time was up, or the port could not be listened on.</summary>
    public const int Failed = 1;

    /// <summary>The environment variables are wrong; nothing was tried.</summary>
    public const int Misconfigured = 2;

    /// <summary>Stopped by SIGINT: 128 and the signal's number, as shells say it.</summary>
    public const int Interrupted = 130;

    /// <summary>Stopped by SIGTERM.</summary>
    public const int Terminated = 143;
}
