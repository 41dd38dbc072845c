namespace AkkaVault.Controller.Kubernetes;

/// <summary>What kubectl's options say instead of the environment.</summary>
/// <param name="File"><c>--kubeconfig</c>; null: as the environment has it.</param>
/// <param name="Context"><c>--context</c>; null: the current context.</param>
internal sealed record KubeconfigChoice(string? File = null, string? Context = null)
{
    /// <summary>As the environment has it.</summary>
    public static readonly KubeconfigChoice None = new();
}
