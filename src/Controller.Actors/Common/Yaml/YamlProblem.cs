using YamlDotNet.Core;

namespace AkkaVault.Controller.Common.Yaml;

/// <summary>What is wrong with a YAML document. No value of it is in there.</summary>
/// <param name="At">Where.</param>
/// <param name="What">What is wrong, for people.</param>
/// <param name="Key">The key of which that is said, or null.</param>
/// <param name="IsSyntax">Whether it cannot be read any further.</param>
internal sealed record YamlProblem(Mark At, string What, string? Key = null, bool IsSyntax = false)
{
    /// <summary>Where, for people.</summary>
    public string Place => $"line {At.Line}, column {At.Column}";

    /// <summary>For people.</summary>
    public override string ToString() => $"the file is not {(IsSyntax ? "YAML" : "as expected")}: {Place}: {(Key is null ? "" : $"{Key} ")}{What}";
}
