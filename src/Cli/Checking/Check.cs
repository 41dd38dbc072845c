using System.Text.Json.Serialization;
using AkkaVault.Cli.Output;
using Spectre.Console;

namespace AkkaVault.Cli.Checking;

/// <summary>What came of a check.</summary>
public enum CheckResult
{
    /// <summary>It is as it should be.</summary>
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>It is not.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>It was not checked, or what is missing is not required.</summary>
    [JsonStringEnumMemberName("skipped")]
    Skipped,
}

/// <summary>One check.</summary>
/// <param name="Name">What was checked.</param>
/// <param name="Result">What came of it.</param>
/// <param name="Detail">The reason, or what was found.</param>
/// <param name="WhatToDo">What to do; empty: nothing.</param>
public sealed record Check(string Name, CheckResult Result, string Detail, string WhatToDo)
{
    /// <summary>It is as it should be.</summary>
    public static Check Ok(string name, string detail = "") => new(name, CheckResult.Ok, detail, "");

    /// <summary>It is not.</summary>
    public static Check Failed(string name, string detail, string whatToDo = "") => new(name, CheckResult.Failed, detail, whatToDo);

    /// <summary>It was not checked, or is not required.</summary>
    public static Check Skipped(string name, string reason, string whatToDo = "") => new(name, CheckResult.Skipped, reason, whatToDo);
}

/// <summary>The answer of <c>check</c>.</summary>
/// <param name="Checks">All checks, in the order in which the controller comes to what they are about.</param>
public sealed record CheckAnswer(IReadOnlyList<Check> Checks)
{
    /// <summary>As a table.</summary>
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
