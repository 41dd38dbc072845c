namespace AkkaVault.Sandbox.Vault;

/// <summary>Splits an HCL text into words: strings with their quotes, names, and the signs <c>{ } [ ] = ,</c>. It leaves comments out.</summary>
internal sealed class HclWords
{
    private const string Signs = "{}[]=,";
    private readonly List<(string Word, int Line)> words = [];
    private int next;

    public HclWords(string text)
    {
        var line = 1;
        var at = 0;
        while (at < text.Length)
        {
            var letter = text[at];
            if (letter == '\n') line++;
            if (char.IsWhiteSpace(letter))
            {
                at++;
                continue;
            }

            var end = EndOfWord(text, at, line);
            if (!IsComment(text, at)) words.Add((text[at..end], line));
            line += text.AsSpan(at, end - at).Count('\n');
            at = end;
        }
    }

    public bool AtEnd => next == words.Count;

    public string Peek => AtEnd ? "" : words[next].Word;

    public int Line => words.Count == 0 ? 1 : words[Math.Min(next, words.Count - 1)].Line;

    public bool Take(string word)
    {
        if (AtEnd) throw PolicyDocument.Failed($"unexpected end on line {Line}");
        if (words[next].Word != word) return false;
        next++;
        return true;
    }

    public void Expect(string word)
    {
        if (!Take(word)) throw PolicyDocument.Failed($"expected {word} but found {Peek} on line {Line}");
    }

    public string String()
    {
        if (Peek is not ['"', .. var text, '"']) throw PolicyDocument.Failed($"expected a string but found {Peek} on line {Line}");
        next++;
        return text;
    }

    /// <summary>Reads a string, without its quotes, or a bare word.</summary>
    public string Scalar()
    {
        if (AtEnd) throw PolicyDocument.Failed($"unexpected end on line {Line}");
        if (Peek is ['"', ..]) return String();
        if (Peek is [var sign] && Signs.Contains(sign)) throw PolicyDocument.Failed($"expected a value but found {Peek} on line {Line}");
        return words[next++].Word;
    }

    private static bool IsComment(string text, int at) => text[at] == '#' || (text[at] == '/' && at + 1 < text.Length && text[at + 1] is '/' or '*');

    private static int EndOfWord(string text, int at, int line)
    {
        if (IsComment(text, at))
        {
            var block = text[at] == '/' && text[at + 1] == '*';
            var close = text.IndexOf(block ? "*/" : "\n", at, StringComparison.Ordinal);
            if (close < 0) return block ? throw PolicyDocument.Failed($"comment not closed on line {line}") : text.Length;
            return block ? close + 2 : close;
        }

        if (text[at] == '"')
        {
            var close = text.IndexOf('"', at + 1);
            return close < 0 ? throw PolicyDocument.Failed($"string not closed on line {line}") : close + 1;
        }

        if (Signs.Contains(text[at])) return at + 1;
        var end = at;
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && text[end] != '"' && !Signs.Contains(text[end])) end++;
        return end;
    }
}
