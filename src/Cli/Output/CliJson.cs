using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using AkkaVault.Cli.Checking;
using AkkaVault.Cli.Cluster;
using AkkaVault.Cli.Explaining;
using AkkaVault.Contracts;

namespace AkkaVault.Cli.Output;

/// <summary>The JSON of <c>--output json</c>. Scripts depend on the names, so the names do not change.</summary>
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
    /// <summary>JSON that people can read, too. It is never part of an HTML page, so HTML's special characters are not escaped.</summary>
    public static CliJson Readable => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
