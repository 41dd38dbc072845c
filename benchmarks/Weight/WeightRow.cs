using System.Globalization;

namespace AkkaVault.Benchmarks.Weight;

/// <summary>One line of the table.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Measured">The value.</param>
/// <param name="Unit">Its unit; empty: none.</param>
/// <param name="Bar">The limit; null: there is none.</param>
/// <param name="IsLeast">Whether the limit is the least value; else it is the greatest.</param>
internal sealed record WeightRow(string What, double Measured, string Unit, double? Bar = null, bool IsLeast = false)
{
    /// <summary>Whether the value is within the limit; null: there is none.</summary>
    public bool? Reached => Bar is not { } bar ? null : IsLeast ? Measured >= bar : Measured <= bar;

    /// <summary>The value, for people.</summary>
    public string MeasuredText => Text(Measured);

    /// <summary>The limit, for people.</summary>
    public string BarText => Bar is not { } bar ? "" : $"{(IsLeast ? "≥" : "≤")} {Text(bar)}";

    /// <summary>Whether it is reached, for people.</summary>
    public string ReachedText => Reached switch { null => "", true => "reached", false => "NOT reached" };

    private string Text(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.##}{(Unit.Length > 0 ? " " : "")}{Unit}");
}
