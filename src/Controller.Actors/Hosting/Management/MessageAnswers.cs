using AkkaVault.Contracts;
using Microsoft.AspNetCore.Http;

namespace AkkaVault.Controller.Hosting.Management;

/// <summary>Answers that are but a message, as cluster-http's.</summary>
internal static class MessageAnswers
{
    public static IResult Message(int status, string message) =>
        Results.Json(new MessageDocument(message), ManagementJson.Answers.MessageDocument, statusCode: status);

    public static IResult NotAllowed(HttpContext context, string allowed, string message)
    {
        context.Response.Headers.Allow = allowed;
        return Message(StatusCodes.Status405MethodNotAllowed, message);
    }
}
