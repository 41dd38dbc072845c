using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using AkkaVault.Cli.Checking;
using AkkaVault.Cli.Cluster;
using AkkaVault.Cli.Explaining;
using AkkaVault.Contracts;

namespace AkkaVault.Cli.Output;

/// <summary>All that is written with <c>--output json</c>. Names stay as they are: scripts rest on them.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ClusterAnswer))]
[JsonSerializable(typeof(ChangeAnswer))]
[JsonSerializable(typeof(ShardsAnswer))]
[JsonSerializable(typeof(PodsDocument))]
[JsonSerializable(typeof(Explanation))]
[JsonSerializable(typeof(CheckAnswer))]
[JsonSerializable(typeof(DashboardAnswer))]
internal sealed partial class CliJson : JsonSerializerContext
{
    /// <summary>Readable by people as well: no HTML is written here, whose characters would have to be escaped.</summary>
    public static CliJson Readable => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
