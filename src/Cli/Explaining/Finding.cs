using System.Text.Json.Serialization;
using AkkaVault.Cli.Output;
using Spectre.Console;

namespace AkkaVault.Cli.Explaining;

/// <summary>What a finding means for the pod.</summary>
public enum FindingKind
{
    /// <summary>All is well.</summary>
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>Not yet; it passes by itself.</summary>
    [JsonStringEnumMemberName("waiting")]
    Waiting,

    /// <summary>Somebody has to do something.</summary>
    [JsonStringEnumMemberName("problem")]
    Problem,

    /// <summary>It could not be looked at.</summary>
    [JsonStringEnumMemberName("unchecked")]
    Unchecked,
}

/// <summary>One thing that was found out about a pod.</summary>
/// <param name="Kind">What it means.</param>
/// <param name="Code">A short word for scripts, such as <c>role-refused</c>.</param>
/// <param name="Sentence">What it is.</param>
/// <param name="WhatToDo">What to do; empty: nothing.</param>
public sealed record Finding(FindingKind Kind, string Code, string Sentence, string WhatToDo);

/// <summary>The answer of <c>explain pod</c>.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Pod">Its name.</param>
/// <param name="Findings">What was found out.</param>
public sealed record Explanation(string Namespace, string Pod, IReadOnlyList<Finding> Findings)
{
    /// <summary>0: nothing is wrong; 1: there is a problem; 3: too little could be asked to say.</summary>
    [JsonIgnore]
    public int ExitCode => Findings.Any(finding => finding.Kind == FindingKind.Problem) ? ExitCodes.Wrong
        : Findings.Any(finding => finding.Kind == FindingKind.Ok) || Findings.All(finding => finding.Code is not (PodExplanation.PodUnread or PodExplanation.ControllersUnasked)) ? ExitCodes.Fine
        : ExitCodes.NotAsked;

    /// <summary>As a table.</summary>
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
