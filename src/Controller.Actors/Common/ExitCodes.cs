namespace AkkaVault.Controller.Common;

/// <summary>What the process answers when it ends.</summary>
internal static class ExitCodes
{
    /// <summary>Asked to stop.</summary>
    public const int Stopped = 0;

    /// <summary>It could not go on; the log says why.</summary>
    public const int Failed = 1;

    /// <summary>The configuration or the command line is wrong.</summary>
    public const int WrongConfiguration = 2;
}
