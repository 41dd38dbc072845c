using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using AkkaVault.Contracts;
using AkkaVault.Controller.Configuration;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Hosting.Management;

/// <summary><c>/cluster/members</c>, as cluster-http's; members can be taken out where the configuration allows it.</summary>
internal sealed class MemberEndpoints(ActorSystem system, ControllerConfiguration configuration, ILogger<MemberEndpoints> log)
{
    private const string ReadOnly = "The management port is read-only: members can be taken out only with management.readOnly: false in the configuration";

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(system);
    private readonly bool _readOnly = configuration.Management?.ReadOnly ?? true;

    public IResult All() => Results.Json(Document(), ManagementJson.Answers.MembersDocument);

    /// <summary>All members, as this one sees them.</summary>
    public MembersDocument Document()
    {
        var state = _cluster.State;
        var byAge = state.Members.OrderBy(member => member, Member.AgeOrdering).ToList();
        return new MembersDocument(
            _cluster.SelfAddress.ToString(),
            state.Leader?.ToString(),
            byAge.FirstOrDefault(IsUp)?.Address.ToString(),
            byAge.Where(IsUp).SelectMany(member => member.Roles, (member, role) => (member, role)).DistinctBy(pair => pair.role)
                .ToImmutableSortedDictionary(pair => pair.role, pair => pair.member.Address.ToString()),
            // Akka.NET does not publish which members observed it.
            [.. state.Unreachable.Select(member => new UnreachableDocument(member.Address.ToString(), []))],
            [.. state.Members.Select(DocumentOf)]);
    }

    /// <summary>Shows one member.</summary>
    /// <param name="address">The member's address, with or without the protocol.</param>
    public IResult Get(string address) => Find(address, out var member) ?? Results.Json(DocumentOf(member), ManagementJson.Answers.MemberDocument);

    /// <summary>Has one member leave.</summary>
    public IResult Delete(HttpContext context, string address) => FindToChange(context, address, out var member) ?? Leave(context, member.Address);

    /// <summary>Does to one member what the form field <c>operation</c> says.</summary>
    public async Task<IResult> PutAsync(HttpContext context, string address)
    {
        if (FindToChange(context, address, out var member) is { } refused) return refused;
        var operation = await OperationAsync(context.Request).ConfigureAwait(false);
        return operation.ToLowerInvariant() switch
        {
            "leave" => Leave(context, member.Address),
            "down" => Down(context, member.Address),
            _ => MessageAnswers.Message(StatusCodes.Status400BadRequest, $"Operation not supported: \"{operation}\": expected the form field operation with Leave or Down"),
        };
    }

    /// <summary>Refuses every other method.</summary>
    public IResult NotAllowed(HttpContext context, string address) =>
        FindToChange(context, address, out _) ?? MessageAnswers.NotAllowed(context, "GET, PUT, DELETE", $"{context.Request.Method} is not allowed here");

    private IResult? FindToChange(HttpContext context, string address, out Member member)
    {
        member = null!;
        return _readOnly ? MessageAnswers.NotAllowed(context, HttpMethods.Get, ReadOnly) : Find(address, out member);
    }

    private IResult? Find(string address, out Member member)
    {
        // Kestrel decodes everything but the slash. A slash at the end does not belong to the address.
        var wanted = address.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase).TrimEnd('/');
        member = _cluster.State.Members.FirstOrDefault(known => IsAt(known, wanted))!;
        return member is null ? MessageAnswers.Message(StatusCodes.Status404NotFound, $"Member [{wanted}] not found") : null;
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
            // A form that cannot be read has no operation.
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
