using System.Text.RegularExpressions;

namespace AkkaVault.Actors.Tests.Documentation;

/// <summary>
/// Finds out which rooms of the controller use which others, from the text of their sources: from
/// usings, qualified names, and names of an enclosing room, which need no using. A room is a namespace
/// below <c>AkkaVault.Controller</c>, written as its folder. The namespace itself is the room "".
/// </summary>
internal sealed partial class RoomSources
{
    private const string Root = "AkkaVault.Controller";
    private readonly Dictionary<string, HashSet<string>> _types;
    private readonly Dictionary<string, HashSet<string>> _extensions;

    /// <param name="files">File names and file contents.</param>
    public RoomSources(IEnumerable<(string Name, string Text)> files)
    {
        var sources = files.Select(file => (file.Name, Code: NoCode().Replace(file.Text, ""))).Select(file => (file.Name, file.Code, Room: RoomOf(file.Code))).ToList();
        _types = Declared(Type());
        _extensions = Declared(Extension());
        Uses = [.. sources.SelectMany(source => UsedBy(source.Room, source.Code).Where(used => used != source.Room).Distinct().Select(used => (source.Name, source.Room, used)))];

        Dictionary<string, HashSet<string>> Declared(Regex pattern) => sources.GroupBy(source => source.Room).ToDictionary(
            room => room.Key, room => room.SelectMany(source => pattern.Matches(source.Code)).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    /// <summary>The sources of the controller.</summary>
    public static RoomSources OfController { get; } = new(
        Directory.EnumerateFiles(Path.Combine(Page.Root, "src", "Controller.Actors"), "*.cs", SearchOption.AllDirectories).Select(file => (Path.GetRelativePath(Page.Root, file), File.ReadAllText(file))));

    public IEnumerable<string> Rooms => _types.Keys;

    /// <summary>Each use of another room, with its file.</summary>
    public IReadOnlyList<(string File, string Room, string Used)> Uses { get; }

    private static string RoomOf(string code) => Namespace().Match(code).Groups[1].Value.Replace('.', '/');

    private static IEnumerable<string> Enclosing(string room) =>
        room.Length == 0 ? [] : room.Split('/')[..^1].Aggregate((List<string>)[""], (all, part) => [.. all, all[^1].Length == 0 ? part : $"{all[^1]}/{part}"]);

    private IEnumerable<string> UsedBy(string room, string code)
    {
        var usings = Using().Matches(code).Select(match => match.Groups[1].Value).SelectMany(name => Rooms.Where(other => Namespaced(other) == name).Concat(Owners(name)));
        var enclosing = Enclosing(room).ToList();
        string[] prefixes = ["", "AkkaVault.", .. enclosing.Append(room).Select(one => $"{Namespaced(one)}.")];
        var qualified = Qualified().Matches(code).SelectMany(match => prefixes.SelectMany(prefix => Owners(prefix + match.Value)));
        var words = Word().Matches(code).Select(match => match.Value).Except(_types[room]).ToHashSet(StringComparer.Ordinal);
        var calls = Call().Matches(code).Select(match => match.Value).Except(_extensions[room]).ToHashSet(StringComparer.Ordinal);
        return usings.Concat(qualified).Concat(enclosing.Where(other => _types.ContainsKey(other) && (_types[other].Overlaps(words) || _extensions[other].Overlaps(calls))));
    }

    /// <summary>The rooms that have a type with this full name, or a type that contains it.</summary>
    private IEnumerable<string> Owners(string name) => Rooms.Where(room =>
        name.StartsWith($"{Namespaced(room)}.", StringComparison.Ordinal) && _types[room].Contains(name[(Namespaced(room).Length + 1)..].Split('.')[0]));

    private static string Namespaced(string room) => room.Length == 0 ? Root : $"{Root}.{room.Replace('/', '.')}";

    // Matches comments and strings. A name in them is not a use.
    [GeneratedRegex("""("{3,})(?s:.*?)\1|'(?:[^'\\\n]|\\.)+'|"(?:[^"\\\n]|\\.)*"|//.*|/\*(?s:.*?)\*/""")]
    private static partial Regex NoCode();

    [GeneratedRegex(@"^namespace AkkaVault\.Controller(?:\.([\w.]+))?;", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^(?:global )?using (?:static |\w+ = )?(AkkaVault\.Controller[\w.]*);", RegexOptions.Multiline)]
    private static partial Regex Using();

    [GeneratedRegex(@"^(?:public|internal) (?:[a-z]+ )*?(?:class|record struct|record|interface|enum|struct) (\w+)", RegexOptions.Multiline)]
    private static partial Regex Type();

    [GeneratedRegex(@"static [^(;=]*?(\w+)(?:<[^>(]*>)?\(this ")]
    private static partial Regex Extension();

    [GeneratedRegex(@"(?<![\w.])[A-Z]\w*(?:\.[A-Z]\w*)+")]
    private static partial Regex Qualified();

    [GeneratedRegex(@"(?<![\w.])[A-Z]\w*")]
    private static partial Regex Word();

    [GeneratedRegex(@"(?<=\.)[A-Z]\w*(?=[(<])")]
    private static partial Regex Call();
}
