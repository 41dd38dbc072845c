using AkkaVault.Contracts;
using Microsoft.AspNetCore.Http;

namespace AkkaVault.Controller.Hosting.Management;

/// <summary>Answers that are but a message, as cluster-http's.</summary>
internal static class MessageAnswers
{
    /// <summary>A message.</summary>
    public static IResult Message(int status, string message) =>
        Results.Json(new MessageDocument(message), ManagementJson.Answers.MessageDocument, statusCode: status);

    /// <summary>405.</summary>
    public static Task<IResult> NotAllowedAsync(HttpContext context, string allowed, string message)
    {
        context.Response.Headers.Allow = allowed;
        return Task.FromResult(Message(StatusCodes.Status405MethodNotAllowed, message));
    }
}
