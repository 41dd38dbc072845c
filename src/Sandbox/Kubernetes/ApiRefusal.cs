using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Kubernetes;

/// <summary>An error answer, worded as the API server words it.</summary>
/// <param name="code">The HTTP status.</param>
/// <param name="reason">The machine-readable reason; null: there is no reason.</param>
/// <param name="message">The message.</param>
/// <param name="details">The object in question; null: the answer does not name it.</param>
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

    /// <summary>422: the object is invalid.</summary>
    /// <param name="resource">The kind of object.</param>
    /// <param name="name">The object's name; empty: the object has no name.</param>
    /// <param name="causes">What is wrong: the field, the code of the reason, and the message.</param>
    public static ApiRefusal Invalid(ApiResource resource, string name, params IReadOnlyList<(string Field, string Reason, string Problem)> causes)
    {
        var words = causes.Select(cause => $"{cause.Field}: {cause.Problem}").Distinct().ToList();
        var details = About(resource, name);
        details["kind"] = resource.Kind;
        var kind = resource.Group.Length == 0 ? resource.Kind : $"{resource.Kind}.{resource.Group}";
        details["causes"] = new JsonArray([.. causes.Select(cause => new JsonObject { ["reason"] = cause.Reason, ["message"] = cause.Problem, ["field"] = cause.Field })]);
        return new ApiRefusal(422, "Invalid", $"{kind} \"{name}\" is invalid: {(words.Count == 1 ? words[0] : $"[{string.Join(", ", words)}]")}", details);
    }

    /// <summary>422 for an update that is rejected before it is tried. A real API server then names the kind by its plural.</summary>
    public static ApiRefusal InvalidUpdate(ApiResource resource, string name, string field, string problem)
    {
        var details = About(resource, name);
        details["causes"] = new JsonArray(new JsonObject { ["reason"] = "FieldValueInvalid", ["message"] = problem, ["field"] = field });
        return new ApiRefusal(422, "Invalid", $"{resource.Qualified} \"{name}\" is invalid: {field}: {problem}", details);
    }

    /// <summary>504: a list asked for a version newer than the newest one.</summary>
    public static ApiRefusal TooLarge(long asked, long current) => new(
        504, "Timeout", $"Timeout: Too large resource version: {asked}, current: {current}",
        new JsonObject
        {
            ["causes"] = new JsonArray(new JsonObject { ["reason"] = "ResourceVersionTooLarge", ["message"] = "Too large resource version" }),
            ["retryAfterSeconds"] = 1,
        });

    /// <summary>422 for an object of a kind that is never stored. A real API server then names the group and no kind.</summary>
    public static ApiRefusal Unstored(string group, string field, string reason, string problem) => new(
        422, "Invalid", $".{group} \"\" is invalid: {field}: {problem}",
        new JsonObject { ["group"] = group, ["causes"] = new JsonArray(new JsonObject { ["reason"] = reason, ["message"] = problem, ["field"] = field }) });

    /// <summary>409: the preconditions of a DELETE name a uid or a version that the object does not have.</summary>
    public static ApiRefusal NotTheOne(ApiResource resource, string name, string what, string asked, string found, string meanwhile)
    {
        var details = About(resource, name);
        details["kind"] = resource.Kind;
        return new ApiRefusal(409, "Conflict",
            $"Operation cannot be fulfilled on {resource.Kind} \"{name}\": the {what} in the precondition ({asked}) does not match the {what} in record ({found}). The object might have been {meanwhile}", details);
    }

    public static ApiRefusal Gone(string message) => new(410, "Expired", message);

    /// <summary>The <c>details</c> of an error answer that names an object.</summary>
    public static JsonObject About(ApiResource resource, string name, JsonNode? uid = null)
    {
        var details = new JsonObject();
        if (name.Length > 0) details["name"] = name;
        if (resource.Group.Length > 0) details["group"] = resource.Group;
        details["kind"] = resource.Plural;
        if (uid is not null) details["uid"] = uid;
        return details;
    }
}
