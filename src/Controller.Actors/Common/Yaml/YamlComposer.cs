using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace AkkaVault.Controller.Common.Yaml;

/// <summary>
/// Reads one YAML document. Merge keys are as the original's parser has them: what is written beside one comes first, whatever the order.
/// Whatever the file, it ends in bounded time and memory, and nothing in it is skipped without a word.
/// </summary>
internal sealed class YamlComposer
{
    private const int Deepest = 100;
    private const long LeastLimit = 1_000_000;
    private const string MergeKey = "<<";

    private readonly Parser _parser;
    private readonly StringComparer _keys;
    private readonly ICollection<YamlProblem> _problems;
    private readonly long _heaviest;

    // Null while what it names is being read: an alias in there would have no end.
    private readonly Dictionary<AnchorName, YamlValue?> _anchors = [];

    private YamlComposer(Parser parser, StringComparer keys, ICollection<YamlProblem> problems, long heaviest) => (_parser, _keys, _problems, _heaviest) = (parser, keys, problems, heaviest);

    /// <summary>Reads.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="keys">Which keys are the same.</param>
    /// <param name="problems">Collects what is wrong, without any value.</param>
    /// <returns>The document; null: there is none, or it cannot be read.</returns>
    public static YamlValue? Read(string yaml, StringComparer keys, ICollection<YamlProblem> problems)
    {
        var scanner = new Scanner(new StringReader(yaml));
        try
        {
            // Without aliases no file comes to more than twice its length.
            return new YamlComposer(new Parser(scanner), keys, problems, Math.Max(LeastLimit, 2L * yaml.Length)).Stream();
        }
        catch (YamlException e)
        {
            // Some of the scanner's exceptions do not say where it is; of a tab it is told where the value before it begins.
            var at = e.Start.Equals(Mark.Empty) || e.Message.Contains("tab", StringComparison.OrdinalIgnoreCase) ? scanner.CurrentPosition : e.Start;
            problems.Add(new YamlProblem(at, e.Message, IsSyntax: true));
            return null;
        }
        // What the parser does not foresee, it throws as it comes: still it is the file that is wrong.
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            problems.Add(new YamlProblem(scanner.CurrentPosition, $"the parser does not know what to do with it ({e.GetType().Name})", IsSyntax: true));
            return null;
        }
    }

    private YamlValue? Stream()
    {
        _parser.Consume<StreamStart>();
        YamlValue? first = null;
        for (var documents = 0; _parser.TryConsume<DocumentStart>(out var start); documents++)
        {
            _anchors.Clear();
            var document = Value(1);
            _parser.Consume<DocumentEnd>();
            if (documents == 0) first = document;
            else if (document is not YamlValue.Scalar { IsNull: true }) Problem(start.Start, "another document begins here; expected one document, as only the first counts");
        }

        return first;
    }

    private YamlValue Value(int depth)
    {
        if (_parser.TryConsume<AnchorAlias>(out var alias)) return Aliased(alias);
        var node = _parser.Require<NodeEvent>();
        if (depth > Deepest) throw new SemanticErrorException(node.Start, node.End, $"lists and mappings are nested more than {Deepest} deep");
        if (!node.Anchor.IsEmpty) _anchors[node.Anchor] = null;
        Known(node);
        YamlValue value = node switch
        {
            Scalar => ScalarOf(_parser.Consume<Scalar>()),
            SequenceStart => SequenceOf(_parser.Consume<SequenceStart>(), depth),
            _ => MappingOf(_parser.Consume<MappingStart>(), depth),
        };
        // Aliases of aliases: a short file may stand for more than any machine holds.
        if (value.Weight > _heaviest) throw new SemanticErrorException(node.Start, node.End, $"the value has more than {_heaviest} characters once its aliases are replaced");
        if (!node.Anchor.IsEmpty) _anchors[node.Anchor] = value;
        return value;
    }

    private YamlValue Aliased(AnchorAlias alias) => !_anchors.TryGetValue(alias.Value, out var value)
        ? throw new SemanticErrorException(alias.Start, alias.End, "an alias whose anchor is not before the alias")
        : value ?? throw new SemanticErrorException(alias.Start, alias.End, "an alias of a value that contains the alias");

    private static YamlValue.Scalar ScalarOf(Scalar scalar) => new(
        scalar.Start, scalar.Value, IsPlain(scalar) && scalar.Value is "" or "~" or "null" or "Null" or "NULL", IsPlain(scalar));

    private static bool IsPlain(Scalar scalar) => scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty;

    private YamlValue.Sequence SequenceOf(SequenceStart start, int depth)
    {
        var items = new List<YamlValue>();
        while (!_parser.TryConsume<SequenceEnd>(out _)) items.Add(Value(depth + 1));
        return new YamlValue.Sequence(start.Start, items);
    }

    private YamlValue.Mapping MappingOf(MappingStart start, int depth)
    {
        var entries = new List<KeyValuePair<string, YamlValue>>();
        var written = new Dictionary<string, Mark>(_keys);
        var merged = new List<YamlValue.Mapping>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var isMerge = _parser.Accept<Scalar>(out var plain) && plain is { Value: MergeKey, Style: ScalarStyle.Plain };
            var key = Value(depth + 1);
            var value = Value(depth + 1);
            if (isMerge) merged.AddRange(Merged(value));
            else if (key is not YamlValue.Scalar { IsNull: false, Text: var name }) Problem(key.Start, "a key that is not a name");
            else if (written.TryAdd(name, key.Start)) entries.Add(new(name, value));
            else Problem(key.Start, $"is in line {written[name].Line} already; expected each key once{(_keys == StringComparer.OrdinalIgnoreCase ? ", whatever its case" : "")}", name);
        }

        // Of several mappings that are merged the first one that has a key counts.
        entries.AddRange(merged.SelectMany(mapping => mapping.Entries).Where(entry => written.TryAdd(entry.Key, start.Start)));
        return new YamlValue.Mapping(start.Start, entries);
    }

    private IEnumerable<YamlValue.Mapping> Merged(YamlValue value)
    {
        var items = value is YamlValue.Sequence sequence ? sequence.Items : [value];
        if (!items.All(item => item is YamlValue.Mapping)) Problem(value.Start, $"{MergeKey} has another value; expected a mapping, or a list of mappings");
        return items.OfType<YamlValue.Mapping>();
    }

    // "!" is what a text has that is in quotes, for some writers.
    private void Known(NodeEvent node)
    {
        if (!node.Tag.IsEmpty && node.Tag.Value is not "!" && !(node.Tag.Value.StartsWith("tag:yaml.org,2002:", StringComparison.Ordinal) && node.Tag.Value[18..] is "str" or "int" or "float" or "bool" or "map" or "seq"))
            Problem(node.Start, "a tag with no meaning here; expected none");
    }

    private void Problem(Mark at, string what, string? key = null) => _problems.Add(new YamlProblem(at, what, key));
}
