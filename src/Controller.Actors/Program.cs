using System.CommandLine;
using System.Reflection;
using AkkaVault.Controller;
using AkkaVault.Controller.Configuration;
using Microsoft.Extensions.Logging;

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
logLevel.AcceptOnlyFromAmong("debug", "info", "error");

var run = new RootCommand("Pushes response-wrapped Vault secret_ids to the init containers of annotated pods.") { config, logLevel };
run.SetAction((arguments, cancellation) => RunAsync(arguments.GetValue(config)!, arguments.GetValue(logLevel)!, cancellation));

var version = new Command("version", "Prints the version.");
version.SetAction(_ => Console.Out.WriteLine(
    typeof(ControllerHost).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion));
run.Subcommands.Add(version);

// The host handles SIGINT and SIGTERM itself, with time for the hand-over.
return await run.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

static async Task<int> RunAsync(FileInfo file, string logLevel, CancellationToken cancellation)
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

    var level = logLevel switch { "debug" => LogLevel.Debug, "error" => LogLevel.Error, _ => LogLevel.Information };
    return await ControllerHost.RunAsync(configuration, level, cancellation);
}
