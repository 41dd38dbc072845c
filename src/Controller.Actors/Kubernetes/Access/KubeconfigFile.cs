using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace AkkaVault.Controller.Kubernetes.Access;

/// <summary>One kubeconfig file.</summary>
/// <param name="Path">The file; paths in it are relative to its folder.</param>
/// <param name="Top">What is in it.</param>
internal sealed record KubeconfigFile(string Path, YamlSection Top)
{
    /// <summary>A path that is written in it.</summary>
    public string Resolve(string path) => System.IO.Path.GetFullPath(path, System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problems">Is told what is wrong.</param>
    /// <exception cref="KubeconfigException">It is not YAML.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static KubeconfigFile Read(string path, ICollection<string> problems)
    {
        var stream = new YamlStream();
        try
        {
            var text = File.ReadAllText(path);
            RefuseCircles(text);
            stream.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            // Without the cause: that has words of the file.
            throw new KubeconfigException($"{path}: expected a kubeconfig in YAML; it cannot be read at line {e.Start.Line}, column {e.Start.Column}");
        }

        var top = new YamlSection("", stream.Documents.FirstOrDefault()?.RootNode, problems);
        if (stream.Documents.Count > 1) top.Problem("expected one YAML document");
        if (top.Text("apiVersion") is not (null or "v1")) top.Problem("apiVersion", "expected v1");
        if (top.Text("kind") is not (null or "Config")) top.Problem("kind", "expected Config");
        return new KubeconfigFile(path, top);
    }

    // What holds itself has no end for whoever reads it.
    private static void RefuseCircles(string text)
    {
        var open = new Stack<AnchorName>();
        for (var parser = new Parser(new StringReader(text)); parser.MoveNext();)
        {
            switch (parser.Current)
            {
                case MappingStart or SequenceStart:
                    open.Push(((NodeEvent)parser.Current).Anchor);
                    break;
                case MappingEnd or SequenceEnd:
                    open.Pop();
                    break;
                case AnchorAlias alias when open.Contains(alias.Value):
                    throw new YamlException(alias.Start, alias.End, "an alias of what it is in");
            }
        }
    }
}
