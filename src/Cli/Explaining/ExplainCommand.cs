using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AkkaVault.Cli.Management;
using AkkaVault.Cli.Output;
using AkkaVault.Contracts;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Controller.Kubernetes.Access;
using AkkaVault.Shared.Http;

namespace AkkaVault.Cli.Explaining;

/// <summary><c>akkavault explain pod NS/NAME</c>.</summary>
internal static class ExplainCommand
{
    /// <summary>Runs the command.</summary>
    /// <param name="session">The options that all commands have.</param>
    /// <param name="pod"><c>NAMESPACE/NAME</c>.</param>
    /// <param name="config">The controllers' configuration file; null: none was given.</param>
    /// <param name="cancellation">Ends the command.</param>
    public static async Task<int> RunAsync(Session session, string pod, FileInfo? config, CancellationToken cancellation)
    {
        if (pod.Split('/') is not [{ Length: > 0 } ns, { Length: > 0 } name]) throw CommandException.Misused($"\"{pod}\": expected NAMESPACE/NAME, such as default/web-0");
        var watched = config is null ? null : await ConfigurationFile.ReadWatchedAsync(config, cancellation).ConfigureAwait(false);
        var observing = ObserveAsync(session.Kubeconfig, ns, name, watched, session.Timeout, cancellation);
        var (history, members) = await AskAsync(session, ns, name, observing, cancellation).ConfigureAwait(false);
        var (observed, selected) = await observing.ConfigureAwait(false);
        var facts = new PodFacts(ns, name, observed, history, members, watched, selected);
        var explanation = new Explanation(ns, name, PodExplanation.Of(facts));
        session.Output.Write(explanation, CliJson.Readable.Explanation, Explanation.Table);
        return explanation.ExitCode;
    }

    private static async Task<(Queried<PodDocument> History, Queried<MembersDocument> Members)> AskAsync(
        Session session, string ns, string name, Task<(Queried<ExplainedPod> Pod, bool? Selected)> observing, CancellationToken cancellation)
    {
        ManagementClient management;
        try
        {
            management = await session.ManagementAsync(cancellation).ConfigureAwait(false);
        }
        catch (CommandException e)
        {
            return (new Queried<PodDocument>.Failed(e.Message), new Queried<MembersDocument>.Failed(e.Message));
        }

        var members = Asked(() => management.MembersAsync(cancellation));
        var (observed, _) = await observing.ConfigureAwait(false);
        // After a change of leader the controllers know a served run by its hash only, so they are told which run is meant.
        var run = observed is Queried<ExplainedPod>.Found { Value.Document: var document } ? PodExplanation.TargetOf(document)?.Run : null;
        var history = Asked(() => management.PodAsync(ns, name, run?.ToString(), cancellation));
        return (await history.ConfigureAwait(false), await members.ConfigureAwait(false));
    }

    private static async Task<Queried<T>> Asked<T>(Func<Task<T>> ask)
    {
        try
        {
            return new Queried<T>.Found(await ask().ConfigureAwait(false));
        }
        catch (CommandException e)
        {
            return new Queried<T>.Failed(e.Message);
        }
    }

    private static async Task<(Queried<ExplainedPod> Pod, bool? Selected)> ObserveAsync(
        KubeconfigChoice kubeconfig, string ns, string name, WatchedPods? watched, TimeSpan timeout, CancellationToken cancellation)
    {
        try
        {
            using var api = ApiServer.Connect(kubeconfig);
            var path = $"api/v1/namespaces/{Uri.EscapeDataString(ns)}/pods";
            var body = await ReadPodAsync(api, path, name, timeout, cancellation).ConfigureAwait(false);
            if (body is null) return (new Queried<ExplainedPod>.Absent(), null);
            var pod = new ExplainedPod(Parse(body, PodJson.Default.PodObject), Parse(body, PodJson.Default.PodDetail));
            return (new Queried<ExplainedPod>.Found(pod), watched?.LabelSelector is { } labels ? await SelectedAsync(api, path, name, labels, timeout, cancellation).ConfigureAwait(false) : null);
        }
        catch (Exception e) when (e is ApiServerException or HttpRequestException or JsonException or KubeconfigException or IOException or UnauthorizedAccessException or TimeoutException)
        {
            return (new Queried<ExplainedPod>.Failed(Causes.Of(e)), null);
        }
    }

    /// <summary>Reads the pod by its name or, if that is forbidden, from a list: the controllers' service account may list pods, but not get one.</summary>
    /// <returns>Null: there is no such pod.</returns>
    private static async Task<byte[]?> ReadPodAsync(ApiServer api, string path, string name, TimeSpan timeout, CancellationToken cancellation)
    {
        try
        {
            return await ReadAsync(api, $"{path}/{Uri.EscapeDataString(name)}", timeout, cancellation).ConfigureAwait(false);
        }
        catch (ApiServerException e) when (e.Code == (int)HttpStatusCode.Forbidden)
        {
            try
            {
                var list = await ReadAsync(api, $"{path}?fieldSelector={Uri.EscapeDataString($"metadata.name={name}")}", timeout, cancellation).ConfigureAwait(false);
                return list is not null && Parse(list, PodJson.Default.RawList).Items is [var one, ..] ? JsonSerializer.SerializeToUtf8Bytes(one, PodJson.Default.JsonElement) : null;
            }
            catch (ApiServerException alsoRefused) when (alsoRefused.Code == (int)HttpStatusCode.Forbidden)
            {
                // The message names the right to get pods, because that is the right that an operator would grant to a person.
                throw e;
            }
        }
    }

    /// <summary>Asks the API server whether a label selector matches the pod; null: the request is forbidden.</summary>
    private static async Task<bool?> SelectedAsync(ApiServer api, string path, string name, string labels, TimeSpan timeout, CancellationToken cancellation)
    {
        try
        {
            var query = $"?fieldSelector={Uri.EscapeDataString($"metadata.name={name}")}&labelSelector={Uri.EscapeDataString(labels)}";
            return await ReadAsync(api, path + query, timeout, cancellation).ConfigureAwait(false) is { } body && Parse(body, PodJson.Default.RawList).Items is { Count: > 0 };
        }
        catch (ApiServerException e) when (e.Code == (int)HttpStatusCode.Forbidden)
        {
            return null;
        }
    }

    /// <returns>The body; null: there is no such object.</returns>
    private static async Task<byte[]?> ReadAsync(ApiServer api, string path, TimeSpan timeout, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(timeout);
        try
        {
            using var response = await api.GetAsync(path, deadline.Token).ConfigureAwait(false);
            if (!await ApiServerException.ThrowUnlessOkOrMissingAsync(response, deadline.Token).ConfigureAwait(false)) return null;
            return await response.Content.ReadAsByteArrayAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"{api.Address} did not answer within {timeout.TotalSeconds:0.###}s");
        }
    }

    private static T Parse<T>(byte[] body, JsonTypeInfo<T> type)
        where T : class => JsonSerializer.Deserialize(body, type) ?? throw new JsonException("expected an object of the API server, got null");
}
