using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace AkkaVault.Cli.Output;

/// <summary>Where answers go: stdout, as a table for people or as JSON, one document a line.</summary>
/// <param name="json">Whether it is JSON.</param>
public sealed class CommandOutput(bool json)
{
    // Nobody wraps the lines of what is piped or logged.
    private const int Unwrapped = 10_000;

    private readonly IAnsiConsole _console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });

    /// <summary>Whether it is JSON.</summary>
    public bool IsJson => json;

    /// <summary>Writes an answer.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="type">How it is JSON.</param>
    /// <param name="table">How it is a table.</param>
    public void Write<T>(T answer, JsonTypeInfo<T> type, Func<T, Table> table)
    {
        if (json) Console.Out.WriteLine(JsonSerializer.Serialize(answer, type));
        else if (_console.Profile.Out.IsTerminal) _console.Write(table(answer));
        else WritePlain(table(answer));
    }

    /// <summary>The same over what was written before, where there is a terminal.</summary>
    public void Redraw<T>(T answer, JsonTypeInfo<T> type, Func<T, Table> table)
    {
        if (!json && _console.Profile.Out.IsTerminal) _console.Clear();
        Write(answer, type, table);
    }

    /// <summary>Something for people only, beside the answer; on stderr.</summary>
    public static void Note(string text) => Console.Error.WriteLine(Plain(text));

    /// <summary>An empty table.</summary>
    public static Table Columns(params string[] names)
    {
        var table = new Table { Border = TableBorder.None, ShowRowSeparators = false };
        foreach (var name in names) table.AddColumn(new TableColumn(new Text(name)) { Padding = new Padding(0, 0, 2, 0) });
        return table;
    }

    /// <summary>Adds a row of plain texts.</summary>
    public static void Row(Table table, params string[] cells) => table.AddRow(cells.Select(cell => new Text(Plain(cell))));

    // What comes over the network is shown to a terminal: it may hold what moves its cursor.
    private static string Plain(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));

    private static void WritePlain(Table table)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = Unwrapped;
        console.Write(table);
        foreach (var line in text.ToString().TrimEnd().Split('\n')) Console.Out.WriteLine(line.TrimEnd());
    }
}
