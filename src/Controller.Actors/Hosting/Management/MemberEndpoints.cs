using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using AkkaVault.Contracts;
using AkkaVault.Controller.Configuration;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Hosting.Management;

/// <summary><c>/cluster/members</c>, as cluster-http's; members can be taken out where the configuration allows it.</summary>
/// <param name="system">The actor system.</param>
/// <param name="configuration">Whether the cluster can be changed.</param>
/// <param name="log">Where it is said that it was.</param>
public sealed class MemberEndpoints(ActorSystem system, ControllerConfiguration configuration, ILogger<MemberEndpoints> log)
{
    private const string ReadOnly = "The management port is read-only: members can be taken out only with management.readOnly: false in the configuration";

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(system);
    private readonly bool _readOnly = configuration.Management?.ReadOnly ?? true;

    /// <summary>All members.</summary>
    public IResult All()
    {
        var state = _cluster.State;
        var byAge = state.Members.OrderBy(member => member, Member.AgeOrdering).ToList();
        return Results.Json(
            new MembersDocument(
                _cluster.SelfAddress.ToString(),
                state.Leader?.ToString(),
                byAge.FirstOrDefault(IsUp)?.Address.ToString(),
                byAge.Where(IsUp).SelectMany(member => member.Roles, (member, role) => (member, role)).DistinctBy(pair => pair.role)
                    .ToImmutableSortedDictionary(pair => pair.role, pair => pair.member.Address.ToString()),
                // Akka.NET keeps to itself who observed it.
                [.. state.Unreachable.Select(member => new UnreachableDocument(member.Address.ToString(), []))],
                [.. state.Members.Select(DocumentOf)]),
            ManagementJson.Answers.MembersDocument);
    }

    /// <summary>One member: shows it, or takes it out.</summary>
    /// <param name="context">The request.</param>
    /// <param name="address">The member's address, with or without the protocol.</param>
    public async Task<IResult> MemberAsync(HttpContext context, string address)
    {
        var method = context.Request.Method;
        if (_readOnly && !HttpMethods.IsGet(method)) return await MessageAnswers.NotAllowedAsync(context, HttpMethods.Get, ReadOnly).ConfigureAwait(false);
        // Kestrel decodes everything but the slash.
        var wanted = address.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        if (_cluster.State.Members.FirstOrDefault(member => IsAt(member, wanted)) is not { } found)
            return MessageAnswers.Message(StatusCodes.Status404NotFound, $"Member [{wanted}] not found");
        if (HttpMethods.IsGet(method)) return Results.Json(DocumentOf(found), ManagementJson.Answers.MemberDocument);
        if (HttpMethods.IsDelete(method)) return Leave(context, found.Address);
        if (!HttpMethods.IsPut(method)) return await MessageAnswers.NotAllowedAsync(context, "GET, PUT, DELETE", $"{method} is not allowed here").ConfigureAwait(false);
        var operation = await OperationAsync(context.Request).ConfigureAwait(false);
        return operation.ToLowerInvariant() switch
        {
            "leave" => Leave(context, found.Address),
            "down" => Down(context, found.Address),
            _ => MessageAnswers.Message(StatusCodes.Status400BadRequest, $"Operation not supported: \"{operation}\": expected the form field operation with Leave or Down"),
        };
    }

    private static bool IsUp(Member member) => member.Status is MemberStatus.Up or MemberStatus.Leaving;

    private static bool IsAt(Member member, string wanted)
    {
        var address = member.Address.ToString();
        return address == wanted || address == $"{member.Address.Protocol}://{wanted}";
    }

    private static MemberDocument DocumentOf(Member member) =>
        new(member.Address.ToString(), $"{member.UniqueAddress.Uid}", $"{member.Status}", [.. member.Roles]);

    private static async Task<string> OperationAsync(HttpRequest request)
    {
        if (!request.HasFormContentType) return "";
        try
        {
            return $"{(await request.ReadFormAsync(request.HttpContext.RequestAborted).ConfigureAwait(false))["operation"]}";
        }
        catch (InvalidDataException)
        {
            // What cannot be read names no operation.
            return "";
        }
    }

    private IResult Leave(HttpContext context, Address member)
    {
        log.LogInformation("{Member} is to leave the cluster: asked for by {Remote} at the management port", member, context.Connection.RemoteIpAddress);
        _cluster.Leave(member);
        return MessageAnswers.Message(StatusCodes.Status200OK, $"Leaving {member}");
    }

    private IResult Down(HttpContext context, Address member)
    {
        log.LogWarning("{Member} is marked as down: asked for by {Remote} at the management port", member, context.Connection.RemoteIpAddress);
        _cluster.Down(member);
        return MessageAnswers.Message(StatusCodes.Status200OK, $"Downing {member}");
    }
}
