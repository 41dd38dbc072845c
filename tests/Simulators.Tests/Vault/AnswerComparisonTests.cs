using System.Text.Json.Nodes;

namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>
/// How answers are compared with recorded ones. The comparison is strict for the simulated Vault. A
/// real Vault of another build may have more fields and some different values, but not fewer fields.
/// </summary>
public sealed class AnswerComparisonTests
{
    private const string Auth = """{"auth":{"client_token":"s.abcdefghijklmnopqrstuvwx","accessor":"aaaaaaaaaaaaaaaaaaaaaaaa","lease_duration":3600,"renewable":true,"policies":["default"],"entity_id":""},"warnings":null,"request_id":"0b280ad1-9a50-5e82-e308-98bc9e76b927"}""";
    private const string Denied = """{"errors":["permission denied"]}""";
    private const string Gone = """{"errors":["wrapping token is not valid or does not exist"]}""";
    private const string Health = """{"sealed":false,"version":"1.8.0-dev","replication_dr_mode":"disabled"}""";

    [Theory]
    // The same.
    [InlineData(200, Auth, 200, Auth)]
    // More fields than the recording.
    [InlineData(200, """{"sealed":false}""", 200, """{"sealed":false,"storage_type":"inmem","build_date":"2025-06-23T10:00:00Z"}""")]
    [InlineData(200, """{"data":{"ttl":60}}""", 200, """{"data":{"ttl":59,"external_namespace_policies":{}},"mount_type":"token","warnings":["a"]}""")]
    [InlineData(200, """{"warnings":null}""", 200, """{"warnings":["Endpoint ignored these unrecognized parameters: [a]"]}""")]
    [InlineData(204, "", 200, """{"data":{"imported_issuers":["a"]}}""")]
    // Tokens of Vault 1.20 and of OpenBao.
    [InlineData(200, """{"auth":{"client_token":"s.abcdefghijklmnopqrstuvwx"}}""", 200, """{"auth":{"client_token":"hvs.CAESIJlWh2Zr"}}""")]
    [InlineData(200, """{"auth":{"client_token":"b.AAAAAQ"}}""", 200, """{"auth":{"client_token":"hvb.AAAAAQJEXAMPLE"}}""")]
    [InlineData(200, """{"wrap_info":{"accessor":"aaaaaaaaaaaaaaaaaaaaaaaa"},"request_id":""}""", 200, """{"wrap_info":{"accessor":"bbb.ccc"},"request_id":"0b280ad1-9a50-5e82-e308-98bc9e76b927"}""")]
    // Versions, and fields of replication.
    [InlineData(200, Health, 200, """{"sealed":false,"version":"1.20.0","replication_dr_mode":"disabled"}""")]
    [InlineData(200, Health, 200, """{"sealed":false,"version":"2.3.1"}""")]
    // Messages.
    [InlineData(403, Denied, 403, """{"errors":["2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n"]}""")]
    [InlineData(400, """{"errors":["invalid role ID"]}""", 400, """{"errors":["invalid role or secret ID"]}""")]
    // Other statuses with the same meaning.
    [InlineData(400, """{"errors":["missing client token"]}""", 403, Denied)]
    [InlineData(500, """{"errors":["1 error occurred:\n\t* error converting input map[pod:a] for field \"metadata\": x\n\n"]}""", 400, """{"errors":["Field validation failed: error converting input for field \"metadata\": x"]}""")]
    [InlineData(500, """{"errors":["1 error occurred:\n\t* failed to find accessor entry for secret_id_accessor: \"a\"\n\n"]}""", 404, """{"data":{"error":"failed to find accessor entry"}}""")]
    [InlineData(400, """{"errors":["1 error occurred:\n\t* invalid accessor\n\n"]}""", 200, """{"warnings":["No token found with this accessor"]}""")]
    public void Another_build_may_answer_so(int status, string recorded, int given, string ours) =>
        Assert.Empty(Differences(status, recorded, given, ours, isOtherBuild: true));

    [Theory]
    // Fewer fields than the recording.
    [InlineData(200, """{"data":{"ttl":60,"renewable":true}}""", 200, """{"data":{"ttl":60}}""")]
    [InlineData(200, """{"data":{"ttl":60}}""", 200, """{"data":null}""")]
    [InlineData(200, """{"data":{"ttl":60}}""", 200, "")]
    [InlineData(200, """{"policies":["default","a"]}""", 200, """{"policies":["default"]}""")]
    // Other types and values.
    [InlineData(200, """{"data":{"ttl":60}}""", 200, """{"data":{"ttl":"60"}}""")]
    [InlineData(200, """{"data":{"ttl":60}}""", 200, """{"data":{"ttl":600}}""")]
    [InlineData(200, """{"data":{"period":60}}""", 200, """{"data":{"period":59}}""")]
    [InlineData(200, """{"renewable":true}""", 200, """{"renewable":false}""")]
    [InlineData(200, """{"policies":["a"]}""", 200, """{"policies":["b"]}""")]
    [InlineData(200, """{"warnings":null}""", 200, """{"warnings":"a"}""")]
    [InlineData(200, """{"creation_path":"auth/approle/login"}""", 200, """{"creation_path":"auth/other/login"}""")]
    [InlineData(200, """{"version":"1.8.0-dev"}""", 200, """{"version":""}""")]
    // Another format of a generated value.
    [InlineData(200, """{"client_token":"s.abc"}""", 200, """{"client_token":"hvb.abc"}""")]
    [InlineData(200, """{"client_token":"s.abc"}""", 200, """{"client_token":""}""")]
    [InlineData(200, """{"accessor":""}""", 200, """{"accessor":"abc"}""")]
    [InlineData(200, """{"role_id":"0b280ad1-9a50-5e82-e308-98bc9e76b927"}""", 200, """{"role_id":"abc"}""")]
    // Messages that the programs depend on.
    [InlineData(400, Gone, 400, """{"errors":["wrapping token expired"]}""")]
    [InlineData(403, Denied, 403, """{"errors":["no"]}""")]
    [InlineData(400, """{"errors":["invalid role ID"]}""", 400, """{"errors":[]}""")]
    // Other statuses.
    [InlineData(200, Auth, 204, "")]
    [InlineData(204, "", 400, Denied)]
    [InlineData(400, Gone, 403, Denied)]
    [InlineData(403, Denied, 404, """{"errors":[]}""")]
    [InlineData(500, """{"errors":["1 error occurred:\n\t* other\n\n"]}""", 400, """{"errors":["other"]}""")]
    public void No_build_may_answer_so(int status, string recorded, int given, string ours) =>
        Assert.NotEmpty(Differences(status, recorded, given, ours, isOtherBuild: true));

    [Theory]
    [InlineData(200, """{"sealed":false}""", 200, """{"sealed":false,"storage_type":"inmem"}""")]
    [InlineData(200, """{"data":{"ttl":60}}""", 200, """{"data":{"ttl":59}}""")]
    [InlineData(200, """{"warnings":null}""", 200, """{"warnings":["a"]}""")]
    [InlineData(200, """{"client_token":"s.abc"}""", 200, """{"client_token":"s.abcd"}""")]
    [InlineData(200, """{"client_token":"s.abc"}""", 200, """{"client_token":"hvs.a"}""")]
    [InlineData(200, Health, 200, """{"sealed":false,"version":"1.8.0-dev"}""")]
    [InlineData(400, """{"errors":["invalid role ID"]}""", 400, """{"errors":["invalid role or secret ID"]}""")]
    [InlineData(400, """{"errors":["missing client token"]}""", 403, Denied)]
    [InlineData(204, "", 200, "{}")]
    public void The_simulated_one_may_not_answer_so(int status, string recorded, int given, string ours) =>
        Assert.NotEmpty(Differences(status, recorded, given, ours, isOtherBuild: false));

    [Fact]
    public void A_token_stays_the_same_token()
    {
        var known = new Correspondence();
        Assert.Empty(Differences(200, """{"client_token":"s.abc"}""", 200, """{"client_token":"hvs.one"}""", isOtherBuild: true, known));
        Assert.NotEmpty(Differences(200, """{"client_token":"s.abc"}""", 200, """{"client_token":"hvs.two"}""", isOtherBuild: true, known));
    }

    private static List<string> Differences(int status, string recorded, int given, string ours, bool isOtherBuild, Correspondence? known = null)
    {
        var body = recorded.StartsWith('{') ? JsonNode.Parse(recorded) : JsonValue.Create(recorded);
        var exchange = new RecordedExchange(1, "an exchange", null, "GET", "/v1/a", new Dictionary<string, string>(), null, status, "application/json", body);
        var comparison = new AnswerComparison(known ?? new Correspondence()) { IsOtherBuild = isOtherBuild };
        TranscriptReplay.Compare(exchange, given, "application/json", ours, comparison);
        return comparison.Differences;
    }
}
