using System.CommandLine;
using AkkaVault.Benchmarks;
using AkkaVault.Benchmarks.Failover;
using AkkaVault.Benchmarks.Forming;
using AkkaVault.Benchmarks.Outage;
using AkkaVault.Benchmarks.Sidecars;
using AkkaVault.Benchmarks.Weight;
using AkkaVault.Sandbox.Chaos;

var json = new Option<bool>("--json") { Description = "The result as one JSON object on stdout.", Recursive = true };

var runs = new Option<int>("--runs") { Description = "How often.", DefaultValueFactory = _ => 20 };
var arrivals = new Option<double>("--rate") { Description = "Pods a second while the leader stops.", DefaultValueFactory = _ => 50 };
var failover = new Command("failover", "The leader killed, another killed, the leader stopped, held, and (as root) partitioned: when pods are served again.") { runs, arrivals };
failover.SetAction((arguments, cancellation) => Installation.MeasureAsync(
    async (cluster, say) => await new FailoverBenchmark(cluster, arguments.GetValue(arrivals), say).RunAsync(arguments.GetValue(runs), cancellation).ConfigureAwait(false),
    FailoverJson.Default.FailoverReport, arguments.GetValue(json), cancellation));

var minutes = new Option<double>("--minutes") { Description = "For how long pods arrive.", DefaultValueFactory = _ => 10 };
var rate = new Option<double>("--rate") { Description = "Pods a second.", DefaultValueFactory = _ => 20 };
var interval = new Option<double>("--interval") { Description = "Seconds from one fault to the next.", DefaultValueFactory = _ => 15 };
var kinds = new Option<FaultKind[]>("--faults") { Description = "What may happen; default: all that can happen to controllers here.", AllowMultipleArgumentsPerToken = true };
var none = new Option<bool>("--no-faults") { Description = "Nothing happens: every controller that ends was downed for nothing." };
var away = new Option<double>("--away") { Description = "For how many seconds the API server or Vault is away, when that may happen.", DefaultValueFactory = _ => 5 };
var beside = new Option<int>("--sidecars") { Description = "Sidecars beside the pods, with tokens that end after 45 s." };
var busy = new Option<int>("--busy") { Description = "Processes beside it that only keep the processor busy." };
var seed = new Option<int>("--seed") { Description = "Decides which faults come.", DefaultValueFactory = _ => 20261124 };
var chaos = new Command("chaos", "Controllers killed, stopped, held, moved and (as root) partitioned while pods arrive: nothing is to be lost.") { minutes, rate, interval, kinds, none, away, beside, busy, seed };
chaos.SetAction((arguments, cancellation) => Installation.MeasureAsync(
    async (cluster, say) =>
    {
        using var load = BusyLoops.Start(arguments.GetValue(busy));
        var plan = new ChaosPlan(TimeSpan.FromMinutes(arguments.GetValue(minutes)), arguments.GetValue(rate), arguments.GetValue(seed))
        {
            Interval = TimeSpan.FromSeconds(arguments.GetValue(interval)),
            Kinds = arguments.GetValue(none) ? [] : arguments.GetValue(kinds) is { Length: > 0 } some ? some : null,
            Away = TimeSpan.FromSeconds(arguments.GetValue(away)),
            Sidecars = arguments.GetValue(beside),
        };
        return await new ChaosEngine(cluster, plan, say).RunAsync(cancellation).ConfigureAwait(false);
    },
    ChaosJson.Default.ChaosReport, arguments.GetValue(json), cancellation));

var pods = new Option<int>("--pods") { Description = "How many pods.", DefaultValueFactory = _ => 500 };
var seconds = new Option<double>("--seconds") { Description = "For how long it is away.", DefaultValueFactory = _ => 60 };
var of = new Option<FaultKind>("--of") { Description = "What is away.", DefaultValueFactory = _ => FaultKind.VaultAway };
of.AcceptOnlyFromAmong(nameof(FaultKind.VaultAway), nameof(FaultKind.ApiServerAway));
var outage = new Command("outage", "Vault or the API server away during a storm of pods: when all are served after its return.") { pods, seconds, of };
outage.SetAction((arguments, cancellation) => Installation.MeasureAsync(
    async (cluster, say) => await new OutageBenchmark(cluster, arguments.GetValue(of), say)
        .RunAsync(arguments.GetValue(pods), TimeSpan.FromSeconds(arguments.GetValue(seconds)), cancellation).ConfigureAwait(false),
    OutageJson.Default.OutageReport, arguments.GetValue(json), cancellation));

var times = new Option<int>("--runs") { Description = "How often; all are killed five times as often.", DefaultValueFactory = _ => 10 };
var forming = new Command("forming", "Controllers started together, one killed, all killed: when they are one cluster again, and ready.") { times };
forming.SetAction((arguments, cancellation) => Installation.MeasureAsync(
    async (cluster, say) => await new FormingBenchmark(cluster, say).RunAsync(arguments.GetValue(times), cancellation).ConfigureAwait(false),
    FormingJson.Default.FormingReport, arguments.GetValue(json), cancellation));

var kills = new Option<int>("--runs") { Description = "How often the leader is killed, and pods are listed again, with few sidecars and with many.", DefaultValueFactory = _ => 5 };
var count = new Option<int>("--sidecars") { Description = "How many sidecars.", DefaultValueFactory = _ => 20_000 };
var sidecars = new Command("sidecars", "Thousands of simulated sidecars: the ledger, deliveries that are due together, a leader killed, and pods listed again (as root).") { kills, count };
sidecars.SetAction((arguments, cancellation) => Installation.MeasureAsync(
    async (cluster, say) =>
    {
        await using var fleet = await SidecarFleet.StartAsync(cluster).ConfigureAwait(false);
        return await new SidecarBenchmark(cluster, fleet, say).RunAsync(arguments.GetValue(kills), arguments.GetValue(count), cancellation).ConfigureAwait(false);
    },
    SidecarJson.Default.SidecarReport, arguments.GetValue(json), cancellation));

foreach (var (option, least) in new (Option<double>, double)[] { (arrivals, 0.1), (minutes, 0.01), (rate, 0.1), (interval, 1), (away, 0.1), (seconds, 0.1) })
{
    option.Validators.Add(result =>
    {
        if (result.GetValue(option) < least) result.AddError($"{option.Name}: expected a number of at least {least}");
    });
}

foreach (var (option, least) in new[] { (runs, 1), (times, 1), (busy, 0), (pods, 2), (kills, 1), (count, 1) })
{
    option.Validators.Add(result =>
    {
        if (result.GetValue(option) < least) result.AddError($"{option.Name}: expected a number of at least {least}");
    });
}

var root = new RootCommand("What AkkaVault claims of itself, measured on this machine: three controllers, a simulated Vault and API server, real init containers.") { json, failover, forming, chaos, outage, WeightCommand.Create(json), BareClient.Command(), sidecars };
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(20) });
