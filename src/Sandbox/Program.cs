using System.CommandLine;
using System.Net;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Chaos;
using AkkaVault.Sandbox.Vault;

var pods = new Option<int>("--pods") { Description = "How many pods.", DefaultValueFactory = _ => 20 };
var rate = new Option<double>("--rate") { Description = "Pods a second; 0: all at once." };
var json = new Option<bool>("--json") { Description = "The summary as one JSON object on stdout." };
var keepRunning = new Option<bool>("--keep-running") { Description = "Leave it up to play with, until Ctrl-C." };
var chaos = new Option<bool>("--chaos") { Description = "Kill, stop, hang, move and (as root) partition controllers (at least three) while pods arrive for --minutes, at --rate or 10 a second." };
var minutes = new Option<double>("--minutes") { Description = "For how long, with --chaos.", DefaultValueFactory = _ => 1 };
var open = new Option<bool>("--open") { Description = "Show the controllers' page in a browser." };
var sidecars = new Option<int>("--sidecars") { Description = "How many sidecars beside the pods, with tokens that end after 45 s." };
var controllers = new Option<int>("--controllers") { Description = "How many controllers.", DefaultValueFactory = _ => 1 };
pods.Validators.Add(result =>
{
    if (result.GetValue(pods) is < 1 or > 60_000) result.AddError("--pods: expected a number from 1 to 60000");
});
rate.Validators.Add(result =>
{
    if (result.GetValue(rate) is < 0 or > 10_000) result.AddError("--rate: expected a number from 0 to 10000");
});
controllers.Validators.Add(result =>
{
    if (result.GetValue(controllers) is < 1 or > 9) result.AddError("--controllers: expected a number from 1 to 9");
});
sidecars.Validators.Add(result =>
{
    if (result.GetValue(sidecars) is < 0 or > 1000) result.AddError("--sidecars: expected a number from 0 to 1000");
});
minutes.Validators.Add(result =>
{
    if (result.GetValue(minutes) is not (> 0 and <= 600)) result.AddError("--minutes: expected a number above 0, to 600");
});

var root = new RootCommand("Runs AkkaVault on this machine: a simulated Vault and API server, real controllers, real init containers.")
{
    pods, rate, sidecars, json, keepRunning, open, controllers, chaos, minutes,
};
root.Validators.Add(result =>
{
    if (result.GetValue(chaos) && result.GetValue(controllers) < 3) result.AddError("--chaos: needs --controllers 3 or more, so that a majority is left");
});
root.SetAction((arguments, cancellation) => SandboxRun.RunAsync(
    new SandboxOptions(
        arguments.GetValue(pods), arguments.GetValue(rate), arguments.GetValue(json), arguments.GetValue(keepRunning), arguments.GetValue(controllers),
        TimeSpan.FromSeconds(60 + arguments.GetValue(pods)),
        arguments.GetValue(chaos) ? new ChaosPlan(TimeSpan.FromMinutes(arguments.GetValue(minutes)), arguments.GetValue(rate) is > 0 and var given ? given : 10, Environment.TickCount) { Sidecars = arguments.GetValue(sidecars) } : null,
        arguments.GetValue(open), arguments.GetValue(sidecars)),
    cancellation));

var listen = new Option<string>("--listen") { Description = "Address and port.", DefaultValueFactory = _ => "127.0.0.1:8200" };
listen.Validators.Add(result =>
{
    if (!IPEndPoint.TryParse(result.GetValue(listen)!, out _)) result.AddError("--listen: expected an address and a port, such as 127.0.0.1:8200");
});
var certificate = new Option<string>("--tls-cert-file") { Description = "Vault's certificate in PEM, followed by the certificates of the authorities to send along. Without this option Vault serves plain HTTP." };
var key = new Option<string>("--tls-key-file") { Description = "The key of the certificate in PEM." };
var vault = new Command("vault", "Runs the simulated Vault alone, empty, until Ctrl-C. Its root token is VAULT_DEV_ROOT_TOKEN_ID, or a random one that is printed.") { listen, certificate, key };
vault.Validators.Add(result =>
{
    if (result.GetValue(certificate) is null != result.GetValue(key) is null) result.AddError("--tls-cert-file and --tls-key-file: one of them needs the other");
});
vault.SetAction((arguments, cancellation) => VaultServer.RunAsync(IPEndPoint.Parse(arguments.GetValue(listen)!), arguments.GetValue(certificate), arguments.GetValue(key), cancellation));
root.Subcommands.Add(vault);
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(20) });
