using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Channels;
using AkkaVault.Controller.Pods;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Kubernetes;

/// <summary>
/// Events on pods (https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/), in the order in which they
/// happened, one at a time. Needs <c>create</c> on <c>events</c>; without it the log says so once, and no more is lost.
/// </summary>
public sealed class PodEvents(ApiServer api, TimeProvider clock, ILogger<PodEvents> log) : BackgroundService, IPodEvents
{
    private const string Component = "kubernetes-vault";
    private const int LongestMessage = 1024;
    private const int Attempts = 3;
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    private readonly Channel<(DeliveryTarget Target, EventDocument Event)> _pending =
        Channel.CreateBounded<(DeliveryTarget, EventDocument)>(new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private bool _saidForbidden;

    /// <inheritdoc/>
    public void Tell(DeliveryTarget target, PodEventReason reason, string message)
    {
        if (reason == PodEventReason.VaultSecretDelivered) return;
        var now = clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
        var name = $"{target.Name}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        _pending.Writer.TryWrite((target, new EventDocument(
            new EventMetadata(name, target.Namespace),
            new ObjectReference("Pod", "v1", target.Namespace, target.Name, target.Run.Uid),
            reason.ToString(), message.Length > LongestMessage ? message[..LongestMessage] : message, "Warning",
            new EventSource(Component), now, now, 1)));
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var (target, happened) in _pending.Reader.ReadAllAsync(stoppingToken).ConfigureAwait(false))
            await RecordAsync(target, happened, stoppingToken).ConfigureAwait(false);
    }

    private async Task RecordAsync(DeliveryTarget target, EventDocument happened, CancellationToken cancellation)
    {
        var path = $"api/v1/namespaces/{Uri.EscapeDataString(target.Namespace)}/events";
        var body = JsonSerializer.SerializeToUtf8Bytes(happened, KubernetesJson.Default.EventDocument);
        for (var attempt = 1; ; attempt++)
        {
            string problem;
            try
            {
                using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                deadline.CancelAfter(RequestTimeout);
                using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
                using var response = await api.SendAsync(HttpMethod.Post, path, content, deadline.Token).ConfigureAwait(false);
                await ApiServerException.ThrowUnlessOkAsync(response, deadline.Token).ConfigureAwait(false);
                return;
            }
            catch (ApiServerException e) when (e.Code is (int)HttpStatusCode.Forbidden)
            {
                if (!_saidForbidden) log.EventsForbidden(e.Message);
                _saidForbidden = true;
                return;
            }
            // Recorded by an attempt whose answer was lost.
            catch (ApiServerException e) when (e.Code is (int)HttpStatusCode.Conflict)
            {
                return;
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                problem = "no answer in time";
            }
            // Whatever it is, a service account's token that cannot be read included: an event is not worth the controller.
            catch (Exception e) when (e is not OperationCanceledException)
            {
                problem = e.Message;
            }

            if (attempt == Attempts)
            {
                log.EventLost(target.Namespace, target.Name, problem);
                return;
            }

            await Task.Delay(Backoff.Standard.After(attempt, Random.Shared.NextDouble()), clock, cancellation).ConfigureAwait(false);
        }
    }
}
