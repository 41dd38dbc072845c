using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace AkkaVault.Cli.Output;

/// <summary>Writes answers to stdout, as a table for people or as JSON, one document a line.</summary>
/// <param name="json">Whether to write JSON.</param>
internal sealed class CommandOutput(bool json)
{
    // Output to a pipe or a log has no width, so its lines must not be wrapped.
    private const int Unwrapped = 10_000;

    private readonly IAnsiConsole _console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });

    /// <summary>Whether answers are written as JSON.</summary>
    public bool IsJson => json;

    /// <summary>Writes an answer.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="type">Serializes the answer as JSON.</param>
    /// <param name="table">Makes the table.</param>
    public void Write<T>(T answer, JsonTypeInfo<T> type, Func<T, Table> table)
    {
        if (json) Console.Out.WriteLine(JsonSerializer.Serialize(answer, type));
        else if (_console.Profile.Out.IsTerminal) _console.Write(table(answer));
        else WritePlain(table(answer));
    }

    /// <summary>Writes an answer. On a terminal it replaces the answer before it.</summary>
    public void Redraw<T>(T answer, JsonTypeInfo<T> type, Func<T, Table> table)
    {
        if (!json && _console.Profile.Out.IsTerminal) _console.Clear();
        Write(answer, type, table);
    }

    /// <summary>Writes a note for people to stderr.</summary>
    public static void Note(string text) => Console.Error.WriteLine(Plain(text));

    /// <summary>An empty table.</summary>
    public static Table Columns(params string[] names)
    {
        var table = new Table { Border = TableBorder.None, ShowRowSeparators = false };
        foreach (var name in names) table.AddColumn(new TableColumn(new Text(name)) { Padding = new Padding(0, 0, 2, 0) });
        return table;
    }

    /// <summary>Adds a row; the texts are not markup.</summary>
    public static void Row(Table table, params string[] cells) => table.AddRow(cells.Select(cell => new Text(Plain(cell))));

    // Text from the network may contain control sequences that move a terminal's cursor.
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
