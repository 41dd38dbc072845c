// dotnet tool restore && dotnet cake --target=Publish
// The default target is Test. Options: --configuration=Release, --arch=amd64 (or arm64), --prefix=registry.example.org/team/ (before the names of images),
// --downloads=https://downloads.example.org/akkavault (where the archive for Krew will be).
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

var target = Argument("target", "Test");
var configuration = Argument("configuration", "Debug");
var here = RuntimeInformation.OSArchitecture is System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64";
var arch = Argument("arch", here);
var prefix = Argument("prefix", "");
var version = XmlPeek("Directory.Build.props", "/Project/PropertyGroup/VersionPrefix");
var images = new Dictionary<string, string> { ["akkavault-controller"] = "src/Controller.Actors", ["akkavault-init"] = "src/InitContainer" };
var manifests = new[] { "base", "sample-app", "sample-app/native-sidecar", "sample-app/sidecar", "monitoring/plain", "monitoring/secured", "monitoring/sidecars", "overlays/quick-start", "overlays/secured" };

void Run(string program, string arguments)
{
    Information("+ {0} {1}", program, arguments);
    var exit = StartProcess(program, arguments);
    if (exit != 0) throw new CakeException($"{program} {arguments}: exit code {exit}");
}

// The arguments come from the Dockerfile, so that this script builds exactly what an image contains.
IEnumerable<string> PublishArguments(string folder) =>
    Regex.Matches(System.IO.File.ReadAllText($"{folder}/Dockerfile"), "^RUN dotnet (publish .*) -o /out$", RegexOptions.Multiline).Select(line => line.Groups[1].Value.Replace("$TARGETARCH", arch)).ToList();

Task("Clean").Does(() => CleanDirectory("artifacts"));

Task("Restore").Does(() => Run("dotnet", "restore"));

Task("Build").IsDependentOn("Restore").Does(() => Run("dotnet", $"build --no-restore -c {configuration}"));

Task("Test").IsDependentOn("Build").Does(() => Run("dotnet", $"test AkkaVault.sln --no-build -c {configuration}"));

Task("Soak").Description("The tests that the solution's run leaves out because they take long").IsDependentOn("Build").Does(() => Run("dotnet", $"test tests/Soak.Tests --no-build -c {configuration}"));

Task("Publish").Description("All programs, with the arguments of their Dockerfiles, into artifacts/image").Does(() =>
{
    // This build has a folder of its own, because another one may be running.
    foreach (var (image, folder) in images)
    {
        foreach (var arguments in PublishArguments(folder)) Run("dotnet", $"{arguments} -o artifacts/image/{image} --artifacts-path artifacts/publish");
    }
});

Task("KubectlPlugin").Description("kubectl-akkavault, the command line as one native file for this machine, its archive and its Krew manifest, into artifacts").Does(() =>
{
    Run("dotnet", "publish src/Cli -p:PublishProfile=kubectl-plugin -o artifacts/obj/kubectl-plugin");
    CopyFile("artifacts/obj/kubectl-plugin/akkavault", "artifacts/kubectl-akkavault");
    // An unchanged file is not linked again; the tests ask whether it is newer than the sources.
    System.IO.File.SetLastWriteTimeUtc("artifacts/kubectl-akkavault", DateTime.UtcNow);
    var archive = $"artifacts/kubectl-akkavault-{version}-linux-{here}.tar.gz";
    Run("tar", $"--owner=0 --group=0 --numeric-owner -czf {archive} -C artifacts kubectl-akkavault -C .. LICENSE");
    var manifest = System.IO.File.ReadAllText("src/Cli/Krew/akkavault.yaml")
        .Replace("$VERSION", version).Replace("$ARCH", here).Replace("$DOWNLOADS", Argument("downloads", "https://downloads.example.org/akkavault"))
        .Replace("$SHA256", CalculateFileHash(archive, HashAlgorithm.SHA256).ToHex());
    System.IO.File.WriteAllLines("artifacts/akkavault.yaml", manifest.TrimEnd().Split('\n').SkipWhile(line => line.StartsWith("#")));
});

Task("Images").Description("Both images; needs a Docker engine").Does(() =>
{
    foreach (var (image, folder) in images) Run("docker", $"build --platform linux/{arch} -f {folder}/Dockerfile -t {prefix}{image}:{version} .");
});

Task("Manifests").Description("Every overlay, rendered by kubectl into artifacts/manifests").Does(() =>
{
    EnsureDirectoryExists("artifacts/manifests");
    foreach (var folder in manifests)
    {
        var exit = StartProcess("kubectl", new ProcessSettings { Arguments = $"kustomize k8s/{folder}", RedirectStandardOutput = true }, out var lines);
        if (exit != 0) throw new CakeException($"kubectl kustomize k8s/{folder}: exit code {exit}");
        System.IO.File.WriteAllLines($"artifacts/manifests/{folder.Replace('/', '-')}.yaml", lines);
    }
});

Task("Bench").Description("What benchmarks/ measures").Does(() =>
{
    Run("bash", "benchmarks/init-start.sh");
    foreach (var project in GetFiles("benchmarks/**/*.csproj")) Run("dotnet", $"run -c Release --project {project}");
});

Task("Picture").Description("The README's picture of the page, docs/page.png: of a sandbox's controllers, in chromium").Does(() =>
{
    Environment.SetEnvironmentVariable("AKKAVAULT_PICTURE", MakeAbsolute(File("docs/page.png")).FullPath);
    Run("dotnet", "test tests/Browser.Tests --filter FullyQualifiedName~PagePictureTests");
    if (FileSize("docs/page.png") > 150 * 1024) throw new CakeException("docs/page.png has more than 150 KB");
});

RunTarget(target);
