namespace AkkaVault.Sandbox.Chaos;

/// <summary>A result that is good or not.</summary>
public interface IVerdict
{
    /// <summary>Whether it is good.</summary>
    bool Ok { get; }
}
