using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;
using AkkaVault.Shared.Push;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Actors.Tests.Documentation;

/// <summary>The diagrams and tables in docs/architecture.md match the code.</summary>
public partial class ArchitectureTests
{
    private static readonly Page s_page = Page.Read("docs/architecture.md");
    private static readonly DateTimeOffset s_now = new(2026, 11, 24, 20, 0, 0, TimeSpan.Zero);
    private static readonly DeliveryTarget s_target = new(new RunId("uid", "run"), "default", "web-0", "10.0.0.7", "web", "node-1", s_now);

    [Fact]
    public void The_states_of_a_delivery_and_the_ways_between_them_are_those_of_the_code()
    {
        var diagram = s_page.Blocks.Single(block => block.Language == "mermaid" && block.Text.StartsWith("stateDiagram", StringComparison.Ordinal)).Text;
        var drawn = Arrow().Matches(diagram).Select(match => (From: match.Groups[1].Value, To: match.Groups[2].Value)).Where(way => way.From != "[*]" && way.To != "[*]").ToHashSet();
        Assert.Equal(Enum.GetNames<DeliveryState>().Except([nameof(DeliveryState.Pending), nameof(DeliveryState.Ended)]).Order(StringComparer.Ordinal), drawn.SelectMany(way => (string[])[way.From, way.To]).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(Ways().Select(way => $"{way.From} --> {way.To}").Order(StringComparer.Ordinal), drawn.Select(way => $"{way.From} --> {way.To}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_events_of_the_ledger_are_those_of_the_code() => Assert.Equal(
        typeof(ILedgerEvent).Assembly.GetTypes().Where(type => type.IsClass && type.IsAssignableTo(typeof(ILedgerEvent))).Select(type => type.Name).Order(StringComparer.Ordinal),
        s_page.Rows.Where(row => row.Header[0] == "event").SelectMany(row => Page.SpansIn(row.Cells[0])).Order(StringComparer.Ordinal));

    [Fact]
    public void The_number_of_hops_is_that_of_the_table()
    {
        var hops = s_page.Rows.Where(row => row.Header[0] == "hop").ToList();
        Assert.Equal(Enumerable.Range(1, hops.Count).Select(number => $"{number}"), hops.Select(row => row.Cells[0]));
        var said = Assert.Single(s_page.Prose.SelectMany(line => Hops().Matches(line))).Groups;
        Assert.Equal(
            [hops.Count, .. ((string[])["network", "message", "call"]).Select(kind => hops.Count(row => row.Cells[2] == kind))],
            Enumerable.Range(1, 4).Select(group => int.Parse(said[group].Value, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Who_may_use_whom_is_what_the_projects_refer_to()
    {
        var projects = Directory.EnumerateFiles(Path.Combine(Page.Root, "src"), "*.csproj", SearchOption.AllDirectories).ToDictionary(
            file => $"src/{Path.GetFileNameWithoutExtension(file)}",
            file => string.Join(", ", XDocument.Load(file).Descendants("ProjectReference")
                .Select(reference => (Name: Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')), Code: reference.Attribute("ReferenceOutputAssembly")?.Value != "false"))
                .Select(reference => reference.Code ? reference.Name : $"{reference.Name} as a program").Order(StringComparer.Ordinal)));
        Assert.Equal(
            projects.Select(project => $"{project.Key}: {(project.Value.Length == 0 ? "nobody" : project.Value)}").Order(StringComparer.Ordinal),
            s_page.Rows.Where(row => row.Header[0] == "project").Select(row => $"{Page.SpansIn(row.Cells[0]).First()}: {row.Cells[2]}").Order(StringComparer.Ordinal));
    }

    /// <summary>All transitions of the state machine, found by giving every input in every state.</summary>
    private static HashSet<(DeliveryState From, DeliveryState To)> Ways()
    {
        var ways = new HashSet<(DeliveryState, DeliveryState)>();
        var seen = new HashSet<(DeliveryState, bool, bool, bool, int)>();
        var next = new Queue<Delivery>([Delivery.Begin(new DeliveryInput.Assign(s_target, s_now, [])).State]);
        while (next.TryDequeue(out var delivery))
        {
            if (!seen.Add((delivery.State, delivery.Tokens.InUse is null, delivery.HadUnansweredPush, delivery.Acked, Math.Min(delivery.Tokens.Revocations.Count, 2)))) continue;
            foreach (var input in Inputs(delivery))
            {
                foreach (var now in (DateTimeOffset[])[s_now, s_now.AddMinutes(5)])
                {
                    var after = delivery.Handle(input, now, 0.5).State;
                    if (after.State != delivery.State) ways.Add((delivery.State, after.State));
                    next.Enqueue(after);
                }
            }
        }

        return ways;
    }

    private static IEnumerable<DeliveryInput> Inputs(Delivery delivery)
    {
        var operation = delivery.Operation;
        yield return new DeliveryInput.Assign(s_target, s_now, []);
        yield return new DeliveryInput.Assign(s_target with { Ip = "10.0.0.8" }, s_now, []);
        yield return new DeliveryInput.Assign(s_target, s_now.AddMinutes(1), [], IsRedelivery: true);
        yield return new DeliveryInput.Cancel([]);
        yield return new DeliveryInput.Cancel([], IsCompleted: true);
        yield return new DeliveryInput.Ack();
        foreach (var issued in (int[])[operation, operation - 1])
        {
            if (delivery.IssuesUnderWay == 0) continue;
            yield return new DeliveryInput.TokenIssued(issued, new IssuedToken(new WrappingToken("s.token", $"accessor-{operation}", TimeSpan.FromMinutes(1), s_now, "auth/approle/role/web/secret-id"), s_now.AddMinutes(1)));
            foreach (var failure in Enum.GetValues<VaultFailure>()) yield return new DeliveryInput.IssueFailed(issued, failure, null, new DeliveryProblem("vault-400", "it did not work"));
        }

        var reasons = typeof(PushRejection).GetFields().Select(reason => (string)reason.GetRawConstantValue()!).Append("");
        PushOutcome[] outcomes =
            [new PushOutcome.Succeeded(), new PushOutcome.NotListening("refused"), new PushOutcome.NoAnswer("silence"), new PushOutcome.TooLate(), .. reasons.Select(reason => new PushOutcome.Rejected(400, reason))];
        foreach (var outcome in outcomes) yield return new DeliveryInput.PushEnded(operation, outcome);
        yield return new DeliveryInput.RetryDue(operation);
        foreach (var looked in (int[])[operation, operation - 1]) yield return new DeliveryInput.OverdueCheckDue(looked);
        foreach (var wrap in delivery.Tokens.Revocations)
        {
            yield return new DeliveryInput.Revoked(wrap.Accessor, false);
            yield return new DeliveryInput.RevokeFailed(wrap.Accessor);
            yield return new DeliveryInput.RevokeRetryDue(wrap.Accessor);
        }
    }

    [GeneratedRegex(@"\*\*(\d+) hops\*\*: (\d+) requests or messages over the network.*?, (\d+) messages .*? and (\d+) calls")]
    private static partial Regex Hops();

    [GeneratedRegex(@"^\s*(\S+) --> (\S+?)\s*(?::.*)?$", RegexOptions.Multiline)]
    private static partial Regex Arrow();
}
