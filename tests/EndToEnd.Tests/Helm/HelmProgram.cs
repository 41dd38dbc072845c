using System.Diagnostics;
using System.Reflection;
using System.Text.Json.Nodes;
using AkkaVault.EndToEnd.Tests.Manifests;
using AkkaVault.Sandbox.Programs;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Kubernetes;

namespace AkkaVault.EndToEnd.Tests.Helm;

/// <summary>
/// The real helm: the one that <c>install.sh</c> installed, otherwise the one on the path. Helm's own files are in a folder of the test.
/// </summary>
internal sealed class HelmProgram : IDisposable
{
    /// <summary>The release name and namespace with which the chart's objects have the same names as the overlays'.</summary>
    public const string Release = "kubernetes-vault";

    private static readonly string? s_program = Kubectl.Find("helm");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("akkavault-helm-");

    /// <summary>Why helm cannot be used; null when it can.</summary>
    public static string? Missing => s_program is null ? "there is no helm; tests/EndToEnd.Tests/assets/install.sh installs one" : null;

    /// <summary>The root folder of the repository.</summary>
    public static string Root => typeof(ChildProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    public static string Chart => Path.Combine(Root, "charts", "akkavault");

    /// <summary>The values that correspond to an overlay: <c>quick-start</c> or <c>secured</c>.</summary>
    public static string ValuesOf(string overlay) => Path.Combine(Chart, "ci", $"{overlay}-values.yaml");

    /// <summary>A folder for files of the test.</summary>
    public string Folder => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Writes values to a file.</summary>
    /// <returns>The path of the file.</returns>
    public string Values(string yaml)
    {
        var file = Path.Combine(Folder, $"{Guid.NewGuid():N}.yaml");
        File.WriteAllText(file, yaml);
        return file;
    }

    public Task<ProgramRun.Result> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(s_program!, arguments);
        foreach (var name in (string[])["HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME", "HOME"]) start.Environment[name] = Folder;
        start.Environment.Remove("KUBECONFIG");
        return ProgramRun.ToEndAsync(start);
    }

    /// <summary>Runs helm. Fails when helm ends with an error or prints a warning.</summary>
    /// <returns>The output on stdout.</returns>
    public async Task<string> SucceedAsync(params string[] arguments)
    {
        var (exit, output, errors) = await RunAsync(arguments);
        Assert.True(exit == 0 && errors.Length == 0, $"helm {string.Join(' ', arguments)}: {exit}\n{errors}{output}");
        return output;
    }

    /// <summary>Renders the chart with files of values. Leaves out the objects that exist only during a Helm test or an uninstall.</summary>
    public async Task<Overlay> TemplateAsync(params string[] values)
    {
        var yaml = await SucceedAsync(["template", Release, Chart, "-n", Release, "--no-hooks", .. values.SelectMany(file => (string[])["-f", file])]);
        return new Overlay(yaml, Manifest.Parse(yaml));
    }

    /// <summary>An object or a part of one. Its fields are sorted, and so are lists whose order means nothing: containers and volumes.</summary>
    public static JsonNode? Sorted(JsonNode? node, string field = "") => node switch
    {
        JsonObject fields => new JsonObject(fields.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => KeyValuePair.Create(one.Key, Sorted(one.Value, one.Key)))),
        JsonArray items when field is "containers" or "volumes" or "volumeMounts" => new JsonArray([.. items.OrderBy(item => (string)item!["name"]!, StringComparer.Ordinal).Select(item => Sorted(item))]),
        JsonArray items => new JsonArray([.. items.Select(item => Sorted(item))]),
        null => null,
        var value => value.DeepClone(),
    };
}
