using System.Text.Json.Nodes;
using AkkaVault.Sandbox.Programs;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.EndToEnd.Tests.Cli;

/// <summary>The built program against management ports: its output, its requests and its exit codes.</summary>
public sealed class CliManagementTests : IAsyncLifetime
{
    private const string Pods = """
        {"selfNode":"akka.tcp://kubernetes-vault@127.0.0.1:2552","pods":[
         {"namespace":"default","pod":"web-1","uid":"u1","run":"r1","role":"web","state":"waiting","attempts":7,"lastError":"PUT auth/approle/role/web/secret-id: 403: permission denied","seenAt":"2026-11-24T01:00:05Z","ageSeconds":95.4,"node":"akka.tcp://kubernetes-vault@127.0.0.2:2552"},
         {"namespace":"default","pod":"web-0","uid":"u0","run":"r0","role":"web","state":"issuing","attempts":1,"lastError":null,"seenAt":"2026-11-24T01:00:00Z","ageSeconds":7300,"node":null}],
         "unanswered":[]}
        """;

    private FakeManagement _management = null!;

    public async Task InitializeAsync() => _management = await FakeManagement.StartAsync();

    public async Task DisposeAsync() => await _management.DisposeAsync();

    private Task<CliProcess.Result> RunAsync(params string[] arguments) =>
        CliProcess.RunAsync(new Dictionary<string, string> { ["AKKAVAULT_URL"] = _management.Url }, arguments);

    [Theory]
    [InlineData("")]
    [InlineData("cluster")]
    [InlineData("clusters")]
    [InlineData("cluster leave")]
    [InlineData("pods --failling")]
    [InlineData("pods --output yaml")]
    [InlineData("pods --timeout never")]
    [InlineData("pods --url localhost:8558")]
    [InlineData("explain pod web-0")]
    [InlineData("check --config /nonexistent/kubernetes-vault.yml")]
    public async Task A_wrong_command_line_ends_with_2_and_says_what_is_wrong(string line)
    {
        var result = await RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((2, ""), (result.Exit, result.Out));
        Assert.All(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), said => Assert.StartsWith("akkavault: ", said, StringComparison.Ordinal));
        Assert.NotEmpty(result.Error);
    }

    [Fact]
    public async Task Help_tells_the_exit_codes()
    {
        var result = await RunAsync("--help");
        Assert.Equal(0, result.Exit);
        for (var code = 0; code <= 3; code++) Assert.Contains($"\n    {code}  ", result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cluster show")]
    [InlineData("cluster leave 10.0.0.1")]
    [InlineData("cluster down-unreachable")]
    [InlineData("shards")]
    [InlineData("pods")]
    [InlineData("pods --watch --output json")]
    [InlineData("dashboard --no-open")]
    public async Task Where_nobody_listens_it_ends_with_3_and_names_the_URL(string line)
    {
        await _management.DisposeAsync();
        var result = await RunAsync(line.Split(' '));
        Assert.Equal((3, ""), (result.Exit, result.Out));
        Assert.Contains(_management.Url, result.Error, StringComparison.Ordinal);
        Assert.Contains("port-forward", result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData(500, "{}", "answered 500; look at that controller's log")]
    [InlineData(503, "{\"message\":\"not in the cluster yet\"}", "answered 503 (not in the cluster yet)")]
    [InlineData(404, "", "is --url the management port")]
    [InlineData(200, "<html>", "something that a controller does not say")]
    [InlineData(200, "{}", "something that a controller does not say")]
    [InlineData(0, "", "did not answer within 0.3s")]
    public async Task Where_the_answer_is_none_it_ends_with_3_and_says_what_to_try(int status, string body, string expected)
    {
        var result = await _management.Answers("GET /pods", body, status).RunAsync("pods", "--timeout", status == 0 ? "300ms" : "30s");
        Assert.Equal((3, ""), (result.Exit, result.Out));
        Assert.Contains($"{_management.Url}/pods", result.Error, StringComparison.Ordinal);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cluster_show_tells_who_leads_and_ends_with_1_when_a_member_is_unreachable()
    {
        var result = await _management.HasMembers().RunAsync("cluster", "show");
        Assert.Equal(1, result.Exit);
        Assert.Equal([FakeManagement.Self, "Up", "yes", "yes", "controller"], result.Row(FakeManagement.Self));
        Assert.Equal([FakeManagement.Gone, "Up", "no", "controller"], result.Row(FakeManagement.Gone));
        Assert.Contains($"{FakeManagement.Gone} cannot be reached", result.Error, StringComparison.Ordinal);

        var json = (await RunAsync("cluster", "show", "-o", "json")).Json;
        Assert.Equal(FakeManagement.Self, (string?)json["leads"]);
        Assert.Equal([true, true, false], json["members"]!.AsArray().Select(member => (bool)member!["reachable"]!));
        Assert.Equal(0, (await _management.HasMembers(reachable: true).RunAsync("cluster", "show")).Exit);
        Assert.Equal(1, (await _management.HasMembers(oldest: null, reachable: true).RunAsync("cluster", "show")).Exit);
    }

    [Fact]
    public async Task Dashboard_prints_the_address_of_the_page_and_says_in_a_pod_how_to_reach_it()
    {
        const string Status = """{"selfNode":"a","at":"2026-11-24T01:00:00Z","members":[],"pods":[],"deliveries":{"last":[]},"failures":[],"unanswered":[]}""";
        var result = await _management.Answers("GET /status", Status).RunAsync("dashboard", "--no-open", "--output", "json");
        Assert.Equal((0, $"{_management.Url}/", "a", ""), (result.Exit, (string?)result.Json["page"], (string?)result.Json["node"], result.Error));
        var inPod = await CliProcess.RunAsync(
            new Dictionary<string, string> { ["AKKAVAULT_URL"] = _management.Url, ["KUBERNETES_SERVICE_HOST"] = "10.96.0.1", ["POD_NAMESPACE"] = "kv", ["PATH"] = Environment.GetEnvironmentVariable("PATH")! }, "dashboard");
        Assert.Equal(0, inPod.Exit);
        Assert.Contains($"kubectl -n kv port-forward {Environment.MachineName} ", inPod.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dashboard_starts_the_browser_of_the_machine()
    {
        const string Status = """{"selfNode":"a","at":"2026-11-24T01:00:00Z","members":[],"pods":[],"deliveries":{"last":[]},"failures":[],"unanswered":[]}""";
        var folder = Directory.CreateTempSubdirectory("akkavault-browser-").FullName;
        try
        {
            var opened = Path.Combine(folder, "opened");
            var program = Path.Combine(folder, "xdg-open");
            await File.WriteAllTextAsync(program, $"#!/bin/sh\necho \"$1\" > '{opened}.part'\nmv '{opened}.part' '{opened}'\n");
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            _management.Answers("GET /status", Status);
            var result = await CliProcess.RunAsync(
                new Dictionary<string, string> { ["AKKAVAULT_URL"] = _management.Url, ["PATH"] = $"{folder}:{Environment.GetEnvironmentVariable("PATH")}" }, "dashboard");
            Assert.Equal(0, result.Exit);
            await Eventually.TrueAsync(() => File.Exists(opened), "the browser was started");
            Assert.Equal($"{_management.Url}/\n", await File.ReadAllTextAsync(opened));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Dashboard_ends_with_2_where_there_is_no_page()
    {
        var result = await _management.Answers("GET /status", """{"message":"There is nothing at /status"}""", 404).RunAsync("dashboard");
        Assert.Equal((2, ""), (result.Exit, result.Out));
        Assert.Contains("management.page: false", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("leave 127.0.0.2", $"DELETE /cluster/members/{FakeManagement.Other}")]
    [InlineData($"leave {FakeManagement.Other}", $"DELETE /cluster/members/{FakeManagement.Other}")]
    [InlineData("down 127.0.0.2:2552", $"PUT /cluster/members/{FakeManagement.Other} operation=Down")]
    [InlineData("down-unreachable", $"PUT /cluster/members/{FakeManagement.Gone} operation=Down")]
    public async Task Leave_and_down_ask_for_the_member_and_print_the_answer(string line, string expected)
    {
        foreach (var request in (string[])[$"DELETE /cluster/members/{FakeManagement.Other}", $"PUT /cluster/members/{FakeManagement.Other}", $"PUT /cluster/members/{FakeManagement.Gone}"])
            _management.Answers(request, """{"message":"as you say"}""");
        var result = await _management.HasMembers().RunAsync(["cluster", .. line.Split(' '), "--output", "json"]);
        Assert.Equal(0, result.Exit);
        Assert.Equal([expected], _management.Changes);
        Assert.Equal("as you say", (string?)result.Json["changes"]![0]!["message"]);
    }

    [Fact]
    public async Task Down_unreachable_does_nothing_where_all_are_reached()
    {
        var result = await _management.HasMembers(reachable: true).RunAsync("cluster", "down-unreachable");
        Assert.Equal((0, ""), (result.Exit, result.Out));
        Assert.Contains("nothing was done", result.Error, StringComparison.Ordinal);
        Assert.Empty(_management.Changes);
    }

    [Fact]
    public async Task One_that_was_removed_before_it_could_be_taken_down_is_no_failure()
    {
        var result = await _management.HasMembers().Answers($"PUT /cluster/members/{FakeManagement.Gone}", "", 404).RunAsync("cluster", "down-unreachable", "--output", "json");
        Assert.Equal(0, result.Exit);
        Assert.Equal($"{FakeManagement.Gone} has been removed already", (string?)result.Json["changes"]![0]!["message"]);
    }

    [Theory]
    [InlineData("127.0.0.2", 405, "management.readOnly: false")]
    [InlineData("127.0.0.9", 200, "is no member; the members are:")]
    public async Task What_is_not_possible_ends_with_2(string member, int status, string expected)
    {
        var result = await _management.HasMembers().Answers($"DELETE /cluster/members/{FakeManagement.Other}", "", status).RunAsync("cluster", "leave", member);
        Assert.Equal((2, ""), (result.Exit, result.Out));
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shards_are_asked_of_every_member_and_who_does_not_answer_is_said()
    {
        _management.HasMembers().Answers("GET /cluster/shard-types", """{"entityTypeKeys":["pod"]}""")
            .Answers("127.0.0.1 GET /cluster/shards/pod", """{"regions":[{"shardId":"12","numEntities":3}]}""")
            .Answers("127.0.0.2 GET /cluster/shards/pod", """{"regions":[{"shardId":"7","numEntities":0},{"shardId":"8","numEntities":1}]}""");
        var result = await RunAsync("shards");
        Assert.Equal(0, result.Exit);
        Assert.Equal([FakeManagement.Self, "pod", "12", "3"], result.Row(FakeManagement.Self));
        Assert.Equal([FakeManagement.Other, "pod", "7", "0"], result.Row(FakeManagement.Other));
        Assert.Contains($"{FakeManagement.Gone} did not answer: http://127.0.0.3:", result.Error, StringComparison.Ordinal);
        var json = (await RunAsync("shards", "--output", "json")).Json;
        Assert.Equal(["12", "7", "8"], json["shards"]!.AsArray().Select(shard => (string?)shard!["shard"]));
        Assert.Equal(FakeManagement.Gone, (string?)json["unanswered"]![0]!["node"]);
    }

    [Fact]
    public async Task Pods_are_listed_the_oldest_first()
    {
        var result = await _management.Answers("GET /pods", Pods).RunAsync("pods");
        Assert.Equal(0, result.Exit);
        Assert.Equal(["POD", "ROLE", "STATE", "ATTEMPTS", "AGE", "NODE", "LAST", "ERROR"], result.Row("POD"));
        Assert.Equal(["default/web-0", "web", "issuing", "1", "2h"], result.Row("default/web-0"));
        Assert.Equal(["default/web-1", "web", "waiting", "7", "95s", FakeManagement.Other, "PUT"], result.Row("default/web-1")[..7]);
        Assert.True(result.Out.IndexOf("web-0", StringComparison.Ordinal) < result.Out.IndexOf("web-1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Failing_pods_end_it_with_1()
    {
        var result = await _management.Answers("GET /pods", Pods).RunAsync("pods", "--failing", "--output", "json");
        Assert.Equal(1, result.Exit);
        Assert.Equal("web-1", (string?)Assert.Single(result.Json["pods"]!.AsArray())!["pod"]);
        _management.Answers("GET /pods", """{"selfNode":"a","pods":[],"unanswered":["akka.tcp://b"],"omitted":4}""");
        var none = await RunAsync("pods", "--failing");
        Assert.Equal(0, none.Exit);
        Assert.Contains("akka.tcp://b did not answer in time", none.Error, StringComparison.Ordinal);
        Assert.Contains("4 more were left out", none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watched_pods_are_one_document_a_line_until_it_is_stopped_whatever_happens_to_the_controller()
    {
        await using var process = ChildProcess.Start(
            CliProcess.Command, ["pods", "--watch", "--output", "json"], new Dictionary<string, string> { ["AKKAVAULT_URL"] = _management.Answers("GET /pods", Pods).Url });
        int Lines(string what) => process.Output.Count(line => line.Contains(what, StringComparison.Ordinal));
        await Eventually.TrueAsync(() => Lines("web-1") >= 2, "it is asked again");
        _management.Answers("GET /pods", "", 503);
        await Eventually.TrueAsync(() => Lines("answered 503") >= 1, "the failure is said");
        _management.Answers("GET /pods", Pods.Replace("web-1", "web-2", StringComparison.Ordinal));
        await Eventually.TrueAsync(() => Lines("web-2") >= 1, "it goes on");
        process.Terminate();
        Assert.Equal(0, await process.ExitAsync().EndsAsync());
        Assert.All(process.Output.Where(line => line.StartsWith('{')), line => Assert.Equal(2, JsonNode.Parse(line)!["pods"]!.AsArray().Count));
    }

    [Fact]
    public async Task A_member_of_a_cluster_cannot_write_to_the_terminal_what_moves_its_cursor()
    {
        var result = await _management.Answers("GET /pods", Pods.Replace("permission denied", "\\u001b[2Jdenied", StringComparison.Ordinal)).RunAsync("pods");
        Assert.DoesNotContain('\u001b', result.Out);
        Assert.Contains("[2Jdenied", result.Out, StringComparison.Ordinal);
    }
}

file static class FakeManagementRuns
{
    public static Task<CliProcess.Result> RunAsync(this FakeManagement management, params string[] arguments) =>
        CliProcess.RunAsync(new Dictionary<string, string> { ["AKKAVAULT_URL"] = management.Url }, arguments);
}
