using System.Text.Json.Serialization;
using AkkaVault.Cli.Output;
using Spectre.Console;

namespace AkkaVault.Cli.Explaining;

/// <summary>What a finding means for the pod.</summary>
internal enum FindingKind
{
    /// <summary>Nothing is wrong.</summary>
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>The pod must wait; nobody has to do anything.</summary>
    [JsonStringEnumMemberName("waiting")]
    Waiting,

    /// <summary>A person has to do something.</summary>
    [JsonStringEnumMemberName("problem")]
    Problem,

    /// <summary>This could not be checked.</summary>
    [JsonStringEnumMemberName("unchecked")]
    Unchecked,
}

/// <summary>One fact about a pod.</summary>
/// <param name="Kind">What the finding means for the pod.</param>
/// <param name="Code">A code for scripts, such as <c>role-refused</c>.</param>
/// <param name="Sentence">The finding as a sentence.</param>
/// <param name="WhatToDo">What the operator should do; empty: nothing.</param>
internal sealed record Finding(FindingKind Kind, string Code, string Sentence, string WhatToDo);

/// <summary>The answer of <c>explain pod</c>.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Pod">The pod's name.</param>
/// <param name="Findings">The findings.</param>
internal sealed record Explanation(string Namespace, string Pod, IReadOnlyList<Finding> Findings)
{
    /// <summary>0: nothing is wrong; 1: there is a problem; 3: too many questions got no answer.</summary>
    [JsonIgnore]
    public int ExitCode => Findings.Any(finding => finding.Kind == FindingKind.Problem) ? ExitCodes.Wrong
        : Findings.Any(finding => finding is { Kind: FindingKind.Ok, Code: not ContainerFindings.Restarted }) || Findings.All(finding => finding.Code is not (PodExplanation.PodUnread or PodExplanation.ControllersUnasked)) ? ExitCodes.Fine
        : ExitCodes.NotAsked;

    /// <summary>The findings as a table.</summary>
    public static Table Table(Explanation explanation)
    {
        var table = CommandOutput.Columns("", "FINDING");
        foreach (var finding in explanation.Findings)
        {
            CommandOutput.Row(table, finding.Kind.ToString().ToLowerInvariant(), finding.Sentence);
            if (finding.WhatToDo.Length > 0) CommandOutput.Row(table, "", $"→ {finding.WhatToDo}");
        }

        return table;
    }
}
