namespace AkkaVault.Sandbox.Chaos;

/// <summary>A result that passes or fails.</summary>
public interface IVerdict
{
    /// <summary>Whether the result passes.</summary>
    bool Ok { get; }
}
