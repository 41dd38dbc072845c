using System.Text.Json.Serialization;
using AkkaVault.Cli.Output;
using Spectre.Console;

namespace AkkaVault.Cli.Checking;

/// <summary>The result of a check.</summary>
internal enum CheckResult
{
    /// <summary>Everything is as it should be.</summary>
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>Something required is missing or wrong.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>The check was not made, or what is missing is not required.</summary>
    [JsonStringEnumMemberName("skipped")]
    Skipped,
}

/// <summary>One check.</summary>
/// <param name="Name">What was checked.</param>
/// <param name="Result">The result.</param>
/// <param name="Detail">The reason for the result, or what was found.</param>
/// <param name="WhatToDo">What the operator should do; empty: nothing.</param>
internal sealed record Check(string Name, CheckResult Result, string Detail, string WhatToDo)
{
    /// <summary>A check with the result ok.</summary>
    public static Check Ok(string name, string detail = "") => new(name, CheckResult.Ok, detail, "");

    /// <summary>A check with the result failed.</summary>
    public static Check Failed(string name, string detail, string whatToDo = "") => new(name, CheckResult.Failed, detail, whatToDo);

    /// <summary>A check that was not made, or whose missing part is not required.</summary>
    public static Check Skipped(string name, string reason, string whatToDo = "") => new(name, CheckResult.Skipped, reason, whatToDo);
}

/// <summary>The answer of <c>check</c>.</summary>
/// <param name="Checks">All checks, in the order in which a controller uses what they check.</param>
internal sealed record CheckAnswer(IReadOnlyList<Check> Checks)
{
    /// <summary>The checks as a table.</summary>
    public static Table Table(CheckAnswer answer)
    {
        var table = CommandOutput.Columns("RESULT", "CHECK", "DETAIL");
        foreach (var check in answer.Checks)
        {
            CommandOutput.Row(table, check.Result.ToString().ToLowerInvariant(), check.Name, check.Detail);
            if (check.WhatToDo.Length > 0) CommandOutput.Row(table, "", "", $"→ {check.WhatToDo}");
        }

        return table;
    }
}
