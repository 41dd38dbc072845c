using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using AkkaVault.Controller;
using AkkaVault.Controller.Common;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Logging;

var config = new Option<FileInfo>("--config", "-config")
{
    Description = "The configuration file. Default: kubernetes-vault.yml in the working directory.",
    DefaultValueFactory = _ => new FileInfo("kubernetes-vault.yml"),
};
var logLevel = new Option<string>("--log-level", "-log-level")
{
    Description = "What is logged: debug, info or error.",
    DefaultValueFactory = _ => "info",
};
// The original takes it in any case.
logLevel.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "debug", "info", "error");
var logFormat = new Option<string>("--log-format", "-log-format")
{
    Description = "How it is logged: text or json, a line an entry.",
    DefaultValueFactory = _ => "text",
};
logFormat.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "text", "json");

var run = new RootCommand("Pushes response-wrapped Vault secret_ids to the init containers of annotated pods.") { config, logLevel, logFormat };
run.SetAction((arguments, cancellation) => RunAsync(
    arguments.GetValue(config)!, LogOptions.Parse(arguments.GetValue(logLevel)!, arguments.GetValue(logFormat)!), cancellation));

var version = new Command("version", "Prints the version.");
version.SetAction(_ => Console.Out.WriteLine(ControllerHost.Version));
run.Subcommands.Add(version);

var parsed = run.Parse(args);
if (parsed.Action is ParseErrorAction)
{
    foreach (var error in parsed.Errors)
    {
        var option = error.SymbolResult is OptionResult result ? $"{result.Option.Name}: " : "";
        await Console.Error.WriteLineAsync($"{option}{string.Join(' ', error.Message.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries))}");
    }

    return ExitCodes.WrongConfiguration;
}

// The host handles SIGINT and SIGTERM itself, with time for the hand-over.
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

static async Task<int> RunAsync(FileInfo file, LogOptions logging, CancellationToken cancellation)
{
    if (!file.Exists)
    {
        await Console.Error.WriteLineAsync($"--config: \"{file.FullName}\": expected a file that exists");
        return ExitCodes.WrongConfiguration;
    }

    var yaml = await File.ReadAllTextAsync(file.FullName, cancellation);
    var result = ConfigurationReader.Read(yaml, Environment.GetEnvironmentVariable);
    foreach (var warning in result.Warnings) await Console.Error.WriteLineAsync($"{file.Name}: warning: {warning}");
    foreach (var problem in result.Problems) await Console.Error.WriteLineAsync($"{file.Name}: {problem}");
    if (result.Configuration is not { } configuration) return ExitCodes.WrongConfiguration;

    return await ControllerHost.RunAsync(configuration, logging, cancellation);
}
