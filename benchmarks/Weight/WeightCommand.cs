using System.CommandLine;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Programs;

namespace AkkaVault.Benchmarks.Weight;

/// <summary>The command <c>weight</c>.</summary>
internal static class WeightCommand
{
    /// <summary>The command.</summary>
    /// <param name="json">Whether the result is JSON.</param>
    public static Command Create(Option<bool> json)
    {
        var only = new Option<WeightPart[]>("--only") { Description = "Which parts are measured; default: all.", AllowMultipleArgumentsPerToken = true };
        var idle = new Option<double>("--idle") { Description = "For how many seconds controllers with nothing to do are observed.", DefaultValueFactory = _ => 20 };
        var backlog = new Option<int>("--pods") { Description = "How many pods wait when one controller starts.", DefaultValueFactory = _ => 2000 };
        var atOnce = new Option<int>("--at-once") { Description = "How many pods begin to wait at once, with three controllers.", DefaultValueFactory = _ => 1000 };
        var others = new Option<int>("--others") { Description = "How many pods are not ours.", DefaultValueFactory = _ => 50_000 };
        var concurrency = new Option<int>("--concurrency") { Description = "How many pods the bare client serves at once.", DefaultValueFactory = _ => 16 };
        var kubeconfig = new Option<string?>("--kubeconfig") { Description = "The kubeconfig of a real API server, with --vault-addr. Its user creates a namespace, and deletes it at the end." };
        var vault = new Option<string?>("--vault-addr") { Description = $"The address of a real Vault, with --kubeconfig. ${ServerAddresses.TokenVariable} is the controllers' token." };
        var role = new Option<string>("--role") { Description = "The AppRole of the pods in the real Vault.", DefaultValueFactory = _ => SandboxCluster.Role };
        var controller = new Option<FileInfo?>("--controller") { Description = "The controller that is measured, an executable or AkkaVault.Controller.dll; default: as in the image, published once for these sources." };
        foreach (var (option, least, most) in new[] { (backlog, 2, 60_000), (atOnce, 2, 60_000), (others, 1, 1_000_000), (concurrency, 1, 1000) })
        {
            option.Validators.Add(result =>
            {
                if (result.GetValue(option) is var value && (value < least || value > most)) result.AddError($"{option.Name}: expected a number from {least} to {most}");
            });
        }

        idle.Validators.Add(result =>
        {
            if (result.GetValue(idle) < 1) result.AddError("--idle: expected a number of at least 1");
        });
        controller.Validators.Add(result =>
        {
            if (result.GetValue(controller) is { Exists: false } missing) result.AddError($"--controller {missing}: there is no such file");
        });
        var command = new Command("weight", "What controllers need: with nothing to do, at the start, for each pod of a backlog, and in a cluster with many other pods; beside a bare client.")
        {
            only, idle, backlog, atOnce, others, concurrency, kubeconfig, vault, role, controller,
        };
        command.SetAction((arguments, cancellation) => Installation.MeasureAsync(
            async say =>
            {
                if (arguments.GetValue(controller) is null) await ControllerProgram.UsePublishedAsync(say, cancellation).ConfigureAwait(false);
                return await new WeightBenchmark(
                    new WeighedSetup(
                        ServerAddresses.Read(arguments.GetValue(kubeconfig), arguments.GetValue(vault), arguments.GetRequiredValue(role)),
                        arguments.GetValue(controller) is { } file ? CommandOf(file) : ControllerProgram.Command),
                    new WeightPlan(
                        arguments.GetValue(only) is { Length: > 0 } some ? some : Enum.GetValues<WeightPart>(), TimeSpan.FromSeconds(arguments.GetValue(idle)), arguments.GetValue(backlog),
                        arguments.GetValue(atOnce), arguments.GetValue(others), arguments.GetValue(concurrency)),
                    say).RunAsync(cancellation).ConfigureAwait(false);
            },
            WeightJson.Default.WeightReport, arguments.GetValue(json), cancellation));
        return command;
    }

    private static ProgramCommand CommandOf(FileInfo file) => file.Extension == ".dll" ? new("dotnet", [file.FullName]) : new(file.FullName, []);
}
