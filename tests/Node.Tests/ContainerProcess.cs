using System.Globalization;
using System.Text.Json.Nodes;

namespace AkkaVault.Node.Tests;

/// <summary>The first process of a running container, as the kernel knows it: <c>/proc</c> of this machine.</summary>
internal sealed class ContainerProcess
{
    /// <summary>The control groups of the node's pods, as <c>node.sh</c> names them.</summary>
    private const string ControlGroups = "/sys/fs/cgroup/pids/akkavault-node";

    private readonly Dictionary<string, string> _status;

    private ContainerProcess(int id)
    {
        Id = id;
        _status = File.ReadLines($"/proc/{id}/status").Select(line => line.Split(':', 2)).ToDictionary(pair => pair[0], pair => pair[1].Trim(), StringComparer.Ordinal);
    }

    /// <summary>The process id on this machine.</summary>
    public int Id { get; }

    /// <summary>The users: real, effective, saved and of the file system.</summary>
    public IReadOnlyList<int> Users => Numbers("Uid");

    /// <summary>The groups: real, effective, saved and of the file system, and those beside them.</summary>
    public IReadOnlyList<int> Groups => [.. Numbers("Gid"), .. Numbers("Groups")];

    /// <summary>All five sets of capabilities.</summary>
    public IEnumerable<ulong> Capabilities => new[] { "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb" }.Select(set => Convert.ToUInt64(_status[set], 16));

    /// <summary>Whether no program that it executes gets more rights.</summary>
    public bool HasNoNewPrivileges => _status["NoNewPrivs"] == "1";

    /// <summary>Whether a filter decides on its system calls.</summary>
    public bool HasSeccompFilter => _status["Seccomp"] == "2";

    /// <summary>Whether the file system's root is mounted read-only.</summary>
    public bool HasReadOnlyRoot => Mount("/").Split(',').Contains("ro");

    /// <summary>The options of a mount, and after them those of its file system.</summary>
    public string Mount(string path) => File.ReadLines($"/proc/{Id}/mountinfo").Select(line => line.Split(' ')).Last(fields => fields[4] == path)[5];

    /// <summary>Its memory in bytes, without files that it has read: what counts against its limit, and cannot be given back.</summary>
    public long Memory => File.ReadLines($"/proc/{Id}/status").Where(line => line.StartsWith("RssAnon:", StringComparison.Ordinal)).Select(line => long.Parse(line.Split(' ')[^2], CultureInfo.InvariantCulture) << 10).Single();

    /// <summary>The process id of the first process of its pod's sandbox, whose namespaces it shares.</summary>
    public int Sandbox
    {
        get
        {
            var parent = _status["PPid"];
            return File.ReadAllText($"/proc/{parent}/task/{parent}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(id => int.Parse(id, CultureInfo.InvariantCulture)).First(id => File.ReadAllText($"/proc/{id}/comm").Trim() == "pause");
        }
    }

    /// <summary>The Vault token in the pod's file, which its application reads.</summary>
    public string Token => (string)JsonNode.Parse(File.ReadAllText(PathOf("/var/run/secrets/boostport.com/vault-token")))!["clientToken"]!;

    /// <summary>A path in the container's file system, for this machine.</summary>
    public string PathOf(string path) => $"/proc/{Id}/root{path}";

    /// <summary>The first process of a container of a pod.</summary>
    public static ContainerProcess Of(JsonNode pod, string container)
    {
        var statuses = new[] { "containerStatuses", "initContainerStatuses" }.SelectMany(kind => pod["status"]![kind]?.AsArray() ?? []);
        var id = ((string)statuses.Single(status => (string?)status!["name"] == container)!["containerID"]!).Split("//")[1];
        var group = Directory.EnumerateDirectories(ControlGroups, id, SearchOption.AllDirectories).Single();
        return new ContainerProcess(File.ReadLines(Path.Combine(group, "cgroup.procs")).Select(line => int.Parse(line, CultureInfo.InvariantCulture)).Min());
    }

    private IReadOnlyList<int> Numbers(string name) => [.. _status[name].Split((char[])['\t', ' '], StringSplitOptions.RemoveEmptyEntries).Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
}
