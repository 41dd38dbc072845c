using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using AkkaVault.Cli;
using AkkaVault.Cli.Checking;
using AkkaVault.Cli.Cluster;
using AkkaVault.Cli.Completion;
using AkkaVault.Cli.Explaining;
using AkkaVault.Cli.Output;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Controller.Kubernetes.Access;
using AkkaVault.Shared;

const string DefaultUrl = "http://127.0.0.1:8558";

var url = new Option<Uri?>("--url")
{
    Description = "A controller's management port, instead of a port-forward; AKKAVAULT_URL sets it, too.",
    DefaultValueFactory = result => Environment.GetEnvironmentVariable("AKKAVAULT_URL") is { Length: > 0 } set ? Url(result, set, "AKKAVAULT_URL") : null,
    CustomParser = result => Url(result, result.Tokens[0].Value, "--url"),
    Recursive = true,
    HelpName = "url",
};
var kubeconfig = new Option<string>("--kubeconfig") { Description = "The kubeconfig, as kubectl's option.", Recursive = true, HelpName = "file" };
var context = new Option<string>("--context") { Description = "The kubeconfig's context, as kubectl's option.", Recursive = true, HelpName = "name" };
var controllers = new Option<string>("--namespace", "-n") { Description = "The controllers' namespace. Default: kubernetes-vault, else that of the context.", Recursive = true, HelpName = "name" };
var timeout = new Option<TimeSpan?>("--timeout")
{
    Description = "How long one request may take, such as 500ms or 10s. Default: 5s.",
    CustomParser = result => Timeout(result, result.Tokens[0].Value),
    Recursive = true,
    HelpName = "duration",
};
var output = new Option<string>("--output", "-o") { Description = "table, or json: one document a line.", DefaultValueFactory = _ => "table", Recursive = true };
output.AcceptOnlyFromAmong("table", "json");

var address = new Argument<string>("address") { Description = "The member: akka.tcp://kubernetes-vault@10.1.0.5:2552, or 10.1.0.5:2552, or 10.1.0.5." };
var show = Does(new Command("show", "The members of the cluster, and which of them leads. 1: a member is unreachable, or nobody leads."), (session, _, cancellation) => ClusterCommands.ShowAsync(session, cancellation));
var leave = Does(
    new Command("leave", "Lets a member hand over and leave; Kubernetes starts it again. Needs management.readOnly: false.") { address },
    (session, arguments, cancellation) => ClusterCommands.LeaveAsync(session, arguments.GetValue(address)!, cancellation));
var down = Does(
    new Command("down", "Takes a member out that is gone, without waiting for it. Only when it really has ended. Needs management.readOnly: false.") { address },
    (session, arguments, cancellation) => ClusterCommands.DownAsync(session, arguments.GetValue(address)!, cancellation));
var downUnreachable = Does(
    new Command("down-unreachable", "Takes all members out that cannot be reached. Only when they really have ended. Needs management.readOnly: false."),
    (session, _, cancellation) => ClusterCommands.DownUnreachableAsync(session, cancellation));
var cluster = new Command("cluster", "The cluster of controllers.") { show, leave, down, downUnreachable };

var shards = Does(new Command("shards", "Which shards are where, and how many pods are in each. Every member is asked at the port of --url."), (session, _, cancellation) => ShardsCommand.RunAsync(session, cancellation));

var failing = new Option<bool>("--failing") { Description = "Only runs whose last attempt failed. 1: there are some." };
var watch = new Option<bool>("--watch", "-w") { Description = "Again every 2 seconds, until Ctrl-C." };
var pods = Does(
    new Command("pods", "The init containers that wait for a secret.") { failing, watch },
    (session, arguments, cancellation) => PodsCommand.RunAsync(session, arguments.GetValue(failing), arguments.GetValue(watch), cancellation));

var noOpen = new Option<bool>("--no-open") { Description = "Only print the address." };
var dashboard = Does(
    new Command("dashboard", "Opens the page of the controller at --url in a browser. 2: it has none.") { noOpen },
    (session, arguments, cancellation) => DashboardCommand.RunAsync(session, !arguments.GetValue(noOpen), cancellation));

var name = new Argument<string>("namespace/name") { Description = "The pod." };
var known = new Option<FileInfo>("--config") { Description = "The controllers' kubernetes-vault.yml; says whether the namespace is watched.", HelpName = "file" };
var explainPod = Does(
    new Command("pod", "Why a pod has no secret, and what to do. Needs the right to get the pod. 1: a problem was found.") { name, known },
    (session, arguments, cancellation) => ExplainCommand.RunAsync(session, arguments.GetValue(name)!, arguments.GetValue(known), cancellation));
var explain = new Command("explain", "Why something is as it is.") { explainPod };

var config = new Option<FileInfo>("--config")
{
    Description = "The controllers' kubernetes-vault.yml. Default: kubernetes-vault.yml of this folder, else that of the running controllers: the check then runs in a controller's pod.",
    HelpName = "file",
};
var roles = new Option<string[]>("--role") { Description = "An AppRole that pods are to name; may be given more than once.", HelpName = "name" };
var namespaces = new Option<string[]>("--namespace", "-n") { Description = "A namespace whose pods are to be served; may be given more than once.", HelpName = "name" };
var check = Does(
    new Command("check", "What a controller with this configuration would stumble over: configuration, Vault, its token and policy, RBAC. 1: a check failed.") { config, roles, namespaces },
    (session, arguments, cancellation) => CheckCommand.RunAsync(session, arguments.GetValue(config), arguments.GetValue(roles) ?? [], arguments.GetValue(namespaces) ?? [], cancellation));

var completion = new Command("completion", "Prints the script by which kubectl completes kubectl akkavault.");
completion.SetAction((_, cancellation) => CompletionCommand.RunAsync(cancellation));

var root = new RootCommand($"Looks into AkkaVault's controllers.\n\n{ExitCodes.Help}") { kubeconfig, context, controllers, url, timeout, output, cluster, shards, pods, explain, dashboard, check, completion };
var parsed = root.Parse(args);
if (parsed.Action is ParseErrorAction)
{
    foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync($"akkavault: {string.Join(' ', error.Message.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries))}");
    await Console.Error.WriteLineAsync($"akkavault: see akkavault {string.Concat(Path(parsed.CommandResult).Select(step => step + " "))}--help");
    return ExitCodes.Misused;
}

return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });

Command Does(Command command, Func<Session, ParseResult, CancellationToken, Task<int>> action)
{
    command.SetAction(async (arguments, cancellation) =>
    {
        try
        {
            var choice = new KubeconfigChoice(arguments.GetValue(kubeconfig), arguments.GetValue(context));
            using var session = new Session(
                arguments.GetValue(url) ?? Here(choice), choice, arguments.GetValue(controllers), arguments.GetValue(timeout) ?? TimeSpan.FromSeconds(5), new CommandOutput(arguments.GetValue(output) == "json"));
            return await action(session, arguments, cancellation);
        }
        catch (CommandException e)
        {
            CommandOutput.Note($"akkavault: {e.Message}");
            return e.ExitCode;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            CommandOutput.Note("akkavault: interrupted");
            return ExitCodes.NotAsked;
        }
    });
    return command;
}

// Without a kubeconfig this is a controller's pod, or a machine with a port-forward of kubectl's.
static Uri? Here(KubeconfigChoice choice)
{
    try
    {
        return choice == KubeconfigChoice.None && Kubeconfig.Files(choice) is null ? new Uri(DefaultUrl) : null;
    }
    catch (KubeconfigException e)
    {
        throw CommandException.Misused(e.Message);
    }
}

static IEnumerable<string> Path(CommandResult result) => result.Parent is CommandResult parent ? Path(parent).Append(result.Command.Name) : [];

static Uri Url(ArgumentResult result, string text, string from)
{
    if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https") return uri;
    result.AddError($"{from}: \"{text}\": expected an http or https URL such as {DefaultUrl}");
    return new Uri(DefaultUrl);
}

static TimeSpan Timeout(ArgumentResult result, string text)
{
    // A plain number is a number of seconds, as in the configuration.
    if (GoDuration.TryParse(long.TryParse(text, out _) ? text + "s" : text, out var span, out var error) && span > TimeSpan.Zero && span <= TimeSpan.FromHours(1)) return span;
    result.AddError($"--timeout: \"{text}\": {error ?? "expected more than 0 and at most 1h"}");
    return TimeSpan.FromSeconds(5);
}
