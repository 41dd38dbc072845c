using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Kubernetes;

/// <summary>An error answer, in the API server's words.</summary>
/// <param name="code">The HTTP status.</param>
/// <param name="reason">The machine-readable reason; null: none.</param>
/// <param name="message">The words.</param>
/// <param name="details">What it is about; null: nothing said.</param>
internal sealed class ApiRefusal(int code, string? reason, string message, JsonObject? details = null) : Exception(message)
{
    public int Code { get; } = code;

    public JsonObject Status
    {
        get
        {
            var status = new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Failure", ["message"] = Message };
            if (reason is not null) status["reason"] = reason;
            if (details is not null) status["details"] = details.DeepClone();
            status["code"] = Code;
            return status;
        }
    }

    public static ApiRefusal BadRequest(string message) => new(400, "BadRequest", message);

    public static ApiRefusal Unauthorized() => new(401, "Unauthorized", "Unauthorized");

    public static ApiRefusal NoSuchResource() => new(404, "NotFound", "the server could not find the requested resource", []);

    public static ApiRefusal NotFound(ApiResource resource, string name) => new(404, "NotFound", $"{resource.Qualified} \"{name}\" not found", About(resource, name));

    public static ApiRefusal Exists(ApiResource resource, string name) => new(409, "AlreadyExists", $"{resource.Qualified} \"{name}\" already exists", About(resource, name));

    public static ApiRefusal Modified(ApiResource resource, string name) => Conflict(
        resource, name, "the object has been modified; please apply your changes to the latest version and try again");

    public static ApiRefusal Conflict(ApiResource resource, string name, string why) =>
        new(409, "Conflict", $"Operation cannot be fulfilled on {resource.Qualified} \"{name}\": {why}", About(resource, name));

    public static ApiRefusal Forbidden(string user, string verb, ApiPath path)
    {
        var resource = path.Subresource.Length == 0 ? path.Resource.Plural : $"{path.Resource.Plural}/{path.Subresource}";
        var what = path.Name.Length == 0 ? path.Resource.Qualified : $"{path.Resource.Qualified} \"{path.Name}\"";
        var where = path.Namespace.Length == 0 ? "at the cluster scope" : $"in the namespace \"{path.Namespace}\"";
        return new ApiRefusal(403, "Forbidden", $"{what} is forbidden: User \"{user}\" cannot {verb} resource \"{resource}\" in API group \"{path.Resource.Group}\" {where}", About(path.Resource, path.Name));
    }

    public static ApiRefusal Gone(string message) => new(410, "Expired", message);

    private static JsonObject About(ApiResource resource, string name)
    {
        var details = new JsonObject();
        if (name.Length > 0) details["name"] = name;
        if (resource.Group.Length > 0) details["group"] = resource.Group;
        details["kind"] = resource.Plural;
        return details;
    }
}
