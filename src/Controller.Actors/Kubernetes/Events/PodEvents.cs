using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Channels;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Watching;
using AkkaVault.Shared;
using AkkaVault.Shared.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Kubernetes.Events;

/// <summary>
/// Events on pods (https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/), recorded one after another in the order
/// in which they happened; <see cref="EventPolicy"/> decides which. Needs <c>create</c> on <c>events</c>, and <c>patch</c> to count
/// repetitions. A missing right is logged once.
/// </summary>
internal sealed class PodEvents : BackgroundService, IPodEvents
{
    private const string Component = "kubernetes-vault";
    private const int LongestMessage = 1024;
    private const int Attempts = 3;
    private const int MostPending = 10_000;
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMinutes(1);

    private readonly ApiServer _api;
    private readonly KubernetesSettings _settings;
    private readonly TimeProvider _clock;
    private readonly ILogger<PodEvents> _log;
    private readonly Channel<(PodEventOccurrence Occurrence, DateTimeOffset At)> _pending;
    private EventPolicy _policy = EventPolicy.Initial;
    private int _omitted;
    private bool _saidCreateForbidden;
    private bool _saidPatchForbidden;

    /// <summary>Records nothing before it is started.</summary>
    public PodEvents(ApiServer api, KubernetesSettings settings, TimeProvider clock, ILogger<PodEvents> log)
    {
        (_api, _settings, _clock, _log) = (api, settings, clock, log);
        _pending = Channel.CreateBounded<(PodEventOccurrence, DateTimeOffset)>(
            new BoundedChannelOptions(MostPending) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }, _ => Interlocked.Increment(ref _omitted));
    }

    /// <inheritdoc/>
    public void Tell(string ns, string pod, string uid, PodEventReason reason, string message)
    {
        if (reason == PodEventReason.VaultSecretDelivered && !_settings.DeliveredEvents) return;
        var text = message.Length > LongestMessage ? message[..LongestMessage] : message;
        _pending.Writer.TryWrite((new PodEventOccurrence(ns, pod, uid, reason, text), _clock.GetUtcNow()));
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Neither task ends before the stop, unless it fails: then its exception is thrown here.
        await await Task.WhenAny(RecordAllAsync(stoppingToken), ReportOmittedAsync(stoppingToken)).ConfigureAwait(false);
    }

    private async Task RecordAllAsync(CancellationToken stopping)
    {
        await foreach (var (occurrence, at) in _pending.Reader.ReadAllAsync(stopping).ConfigureAwait(false))
        {
            foreach (var effect in Handle(new EventInput.Occurred(occurrence, NewName(occurrence)), at)) await PerformAsync(effect, at, stopping).ConfigureAwait(false);
        }
    }

    private ImmutableList<EventEffect> Handle(EventInput input, DateTimeOffset at)
    {
        var transition = _policy.Handle(input, at);
        _policy = transition.State;
        return transition.Effects;
    }

    private async Task PerformAsync(EventEffect effect, DateTimeOffset at, CancellationToken stopping)
    {
        switch (effect)
        {
            case EventEffect.Create create:
                if (!await TryAsync(create.Occurrence, cancellation => CreateAsync(create.Occurrence, create.Name, create.At, create.At, 1, cancellation), stopping).ConfigureAwait(false))
                    Handle(new EventInput.NotCreated(create.Occurrence), at);
                break;
            case EventEffect.Update update:
                await TryAsync(update.Occurrence, cancellation => UpdateAsync(update, cancellation), stopping).ConfigureAwait(false);
                break;
            case EventEffect.Omit:
                Interlocked.Increment(ref _omitted);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(effect), effect.GetType().Name, "not an effect");
        }
    }

    private async Task ReportOmittedAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(ReportInterval, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false)) Report();
        }
        finally
        {
            Report();
        }

        void Report()
        {
            if (Interlocked.Exchange(ref _omitted, 0) is > 0 and var count) _log.EventsDropped(count);
        }
    }

    /// <summary>Records an event, in a few attempts.</summary>
    /// <returns>Whether it was recorded.</returns>
    private async Task<bool> TryAsync(PodEventOccurrence occurrence, Func<CancellationToken, Task> record, CancellationToken stopping)
    {
        for (var attempt = 1; ; attempt++)
        {
            string problem;
            try
            {
                using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stopping);
                deadline.CancelAfter(RequestTimeout);
                await record(deadline.Token).ConfigureAwait(false);
                return true;
            }
            catch (ApiServerException e) when (e.Code is (int)HttpStatusCode.Forbidden)
            {
                if (!_saidCreateForbidden) _log.EventsForbidden(e.Message);
                _saidCreateForbidden = true;
                return false;
            }
            catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
            {
                problem = "no answer in time";
            }
            // Any exception, such as for a service account's token that cannot be read: a lost event must not end the controller.
            catch (Exception e) when (e is not OperationCanceledException)
            {
                problem = Causes.Of(e);
            }

            if (attempt == Attempts)
            {
                _log.EventLost(occurrence.Namespace, occurrence.Pod, problem);
                return false;
            }

            await Task.Delay(Backoff.Standard.After(attempt, Random.Shared.NextDouble()), _clock, stopping).ConfigureAwait(false);
        }
    }

    private async Task UpdateAsync(EventEffect.Update update, CancellationToken cancellation)
    {
        var name = update.Name;
        try
        {
            var patch = JsonSerializer.SerializeToUtf8Bytes(new EventPatch(Written(update.Last), update.Count), EventJson.Default.EventPatch);
            await SendAsync(HttpMethod.Patch, $"{PathOf(update.Occurrence)}/{Uri.EscapeDataString(name)}", patch, "application/merge-patch+json", cancellation).ConfigureAwait(false);
            return;
        }
        // The event has expired or was deleted: its name is free.
        catch (ApiServerException e) when (e.Code is (int)HttpStatusCode.NotFound)
        {
            name = update.Name;
        }
        catch (ApiServerException e) when (e.Code is (int)HttpStatusCode.Forbidden)
        {
            if (!_saidPatchForbidden) _log.EventsNotCounted(e.Message);
            _saidPatchForbidden = true;
            name = NewName(update.Occurrence);
        }

        await CreateAsync(update.Occurrence, name, update.First, update.Last, update.Count, cancellation).ConfigureAwait(false);
    }

    private async Task CreateAsync(PodEventOccurrence occurrence, string name, DateTimeOffset first, DateTimeOffset last, int count, CancellationToken cancellation)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new EventDocument(
                new EventMetadata(name, occurrence.Namespace), new ObjectReference("Pod", "v1", occurrence.Namespace, occurrence.Pod, occurrence.Uid), occurrence.Reason.ToString(), occurrence.Message,
                occurrence.Reason == PodEventReason.VaultSecretDelivered ? "Normal" : "Warning", new EventSource(Component), Written(first), Written(last), count),
            EventJson.Default.EventDocument);
        try
        {
            await SendAsync(HttpMethod.Post, PathOf(occurrence), body, "application/json", cancellation).ConfigureAwait(false);
        }
        // An earlier attempt created it, and its answer was lost.
        catch (ApiServerException e) when (e.Code is (int)HttpStatusCode.Conflict)
        {
            return;
        }
    }

    private async Task SendAsync(HttpMethod method, string path, byte[] body, string contentType, CancellationToken cancellation)
    {
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(contentType) } };
        using var response = await _api.SendAsync(method, path, content, cancellation).ConfigureAwait(false);
        await ApiServerException.ThrowUnlessOkAsync(response, cancellation).ConfigureAwait(false);
    }

    private static string PathOf(PodEventOccurrence occurrence) => $"api/v1/namespaces/{Uri.EscapeDataString(occurrence.Namespace)}/events";

    private static string NewName(PodEventOccurrence occurrence) => $"{occurrence.Pod}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";

    private static string Written(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
