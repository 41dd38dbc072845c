using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AkkaVault.Benchmarks.Pushes;
using AkkaVault.Shared.Push;

namespace AkkaVault.Benchmarks.Weight;

/// <summary>A pod whose init container waits for its secret, without a process. Its init container can run again. Thread-safe.</summary>
/// <param name="name">The pod's name.</param>
/// <param name="ip">The pod's address.</param>
/// <param name="served">Is told when a run has its secret.</param>
internal sealed class WaitingPod(string name, string ip, Action<WaitingPod> served) : IPushTarget
{
    private const string Container = "install";

    private readonly Lock _gate = new();
    private string _containerId = "";
    private DateTimeOffset _startedAt;
    private DateTimeOffset? _servedAt;
    private bool _isRedeeming;
    private int _runs;
    private int _unasked;

    /// <summary>The pod's name.</summary>
    public string Name => name;

    /// <summary>The pod's address.</summary>
    public string Ip => ip;

    /// <summary>When the present run got its secret; null: it waits.</summary>
    public DateTimeOffset? ServedAt
    {
        get { lock (_gate) return _servedAt; }
    }

    /// <summary>How many pushes came that no run had asked for.</summary>
    public int Unasked => Volatile.Read(ref _unasked);

    /// <summary>The pod's metadata.</summary>
    public JsonObject Metadata(string role) => new()
    {
        ["name"] = name,
        ["annotations"] = new JsonObject { ["pod.boostport.com/vault-approle"] = role, ["pod.boostport.com/vault-init-container"] = Container },
    };

    /// <summary>The pod's specification.</summary>
    public static JsonObject Spec() => new()
    {
        ["initContainers"] = new JsonArray(new JsonObject { ["name"] = Container, ["image"] = "akkavault-init" }),
        ["containers"] = new JsonArray(new JsonObject { ["name"] = "app", ["image"] = "app" }),
    };

    /// <summary>Begins a run of the init container.</summary>
    /// <returns>What the kubelet reports then.</returns>
    public JsonObject Run()
    {
        lock (_gate)
        {
            _containerId = "containerd://" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
            (_startedAt, _servedAt) = (DateTimeOffset.UtcNow, null);
            _runs++;
            return Report("Pending", KubeletReport.Running(_startedAt));
        }
    }

    /// <summary>What the kubelet reports when the run has its secret.</summary>
    public JsonObject Ended()
    {
        lock (_gate) return Report("Running", KubeletReport.Completed(_startedAt, DateTimeOffset.UtcNow));
    }

    /// <inheritdoc/>
    public PushAnswer? Begin(DateTimeOffset now)
    {
        lock (_gate)
        {
            if (!_isRedeeming && _servedAt is null)
            {
                _isRedeeming = true;
                return null;
            }

            _unasked++;
            return new PushAnswer(null);
        }
    }

    /// <inheritdoc/>
    public PushAnswer? End(DateTimeOffset now, bool redeemed)
    {
        lock (_gate)
        {
            _isRedeeming = false;
            if (!redeemed) return null;
            _servedAt = now;
        }

        served(this);
        return new PushAnswer(null);
    }

    private JsonObject Report(string phase, JsonObject state) => KubeletReport.Of(ip, phase, Container, _containerId, state, _runs - 1);
}
