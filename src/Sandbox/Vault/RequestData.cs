using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AkkaVault.Shared;

namespace AkkaVault.Sandbox.Vault;

/// <summary>
/// The fields of a request's body. They are converted as Vault's framework converts them: numbers also from
/// strings, lists also from texts with commas. A value that cannot be converted gives Vault's error message.
/// </summary>
/// <param name="root">The body.</param>
/// <param name="unfit">Makes the error for a value that cannot be converted, from the field's name, the value as Go prints it, and the reason. Null: the error of most endpoints.</param>
internal sealed class RequestData(JsonElement root, Func<string, string, string, VaultRefusal>? unfit = null)
{
    private static readonly string[] TrueWords = ["1", "t", "T", "TRUE", "true", "True"];
    private static readonly string[] FalseWords = ["", "0", "f", "F", "FALSE", "false", "False"];

    public static RequestData Empty { get; } = new(JsonDocument.Parse("{}").RootElement.Clone());

    /// <summary>The same data, for an endpoint that decodes the body as a whole, without a schema of fields.</summary>
    public RequestData Decoded => new(root, (name, _, why) =>
        new VaultRefusal(400, $"Error decoding request: 1 error(s) decoding:\n\n* {why.Replace("''", $"'{name}'", StringComparison.Ordinal)}"));

    /// <summary>The same data, for an endpoint whose existence check (create or update?) converts the fields first and reports the error.</summary>
    public RequestData LookedFor => new(root, (name, value, why) => new VaultRefusal(400, Converting(name, value, why)));

    /// <summary>The whole body, as it was sent.</summary>
    public JsonObject Whole => JsonObject.Create(root)!;

    public bool Has(string name) => root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    public string? Text(string name) => Find(name) is not { } value ? null
        : AsText(value) ?? throw Unfit(name, value, Unconvertible(value, "string"));

    public bool? Flag(string name)
    {
        if (Find(name) is not { } value) return null;
        var text = AsText(value) ?? throw Unfit(name, value, Unconvertible(value, "bool"));
        if (TrueWords.Contains(text)) return true;
        return FalseWords.Contains(text)
            ? false
            : throw Unfit(name, value, $"cannot parse '' as bool: strconv.ParseBool: parsing \"{text}\": invalid syntax");
    }

    public int? Number(string name)
    {
        if (Find(name) is not { } value) return null;
        var text = AsText(value) ?? throw Unfit(name, value, Unconvertible(value, "int"));
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Unfit(name, value, $"cannot parse '' as int: strconv.ParseInt: parsing \"{text}\": invalid syntax");
    }

    public double? Real(string name)
    {
        if (Find(name) is not { } value) return null;
        var text = AsText(value) ?? throw Unfit(name, value, Unconvertible(value, "float64"));
        return double.TryParse(text, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Unfit(name, value, $"cannot parse '' as float: strconv.ParseFloat: parsing \"{text}\": invalid syntax");
    }

    /// <summary>A number of seconds or a Go duration. It is not negative, and is truncated to whole seconds.</summary>
    public TimeSpan? Span(string name)
    {
        if (Find(name) is not { } value) return null;
        if (value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number)) throw Unfit(name, value, "could not parse duration from input");
        if (AsText(value) is not { Length: > 0 } text) return TimeSpan.Zero;
        if (!TryParseSpan(text, out var span, out var error)) throw Unfit(name, value, error!);
        var seconds = Json.Seconds(span);
        return seconds >= 0 ? TimeSpan.FromSeconds(seconds) : throw Unfit(name, value, $"cannot provide negative value '{seconds}'");
    }

    /// <summary>A list of strings, from an array or from one string with commas.</summary>
    public IReadOnlyList<string>? Texts(string name)
    {
        if (Find(name) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Array)
            return (AsText(value) ?? throw Unfit(name, value, OfItem(0, value))).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return [.. value.EnumerateArray().Select((item, at) => (AsText(item) ?? throw Unfit(name, value, OfItem(at, item))).Trim())];
    }

    /// <summary>An object of strings; null when the field is absent.</summary>
    public IReadOnlyDictionary<string, string>? Map(string name)
    {
        if (Find(name) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Object) throw Unfit(name, value, $"'' expected a map, got '{GoKind(value)}'");
        return value.EnumerateObject().ToDictionary(
            field => field.Name, field => AsText(field.Value) ?? throw Unfit(name, value, Unconvertible(field.Value, "string")), StringComparer.Ordinal);
    }

    /// <summary>The object in a field; empty when the field is absent.</summary>
    public RequestData Below(string name) =>
        Find(name) is not { } value ? Empty
        : value.ValueKind == JsonValueKind.Object ? new RequestData(value)
        : throw Unfit(name, value, $"'' expected a map, got '{GoKind(value)}'");

    /// <summary>
    /// Parses a duration as Vault does: with a unit as Go does, otherwise as whole seconds. <paramref name="error"/> is Go's message.
    /// </summary>
    public static bool TryParseSpan(string text, out TimeSpan span, out string? error)
    {
        span = default;
        error = null;
        if (text.Length > 0 && text[^1] is 's' or 'm' or 'h')
        {
            if (GoDuration.TryParse(text, out span, out _)) return true;
            error = $"time: invalid duration \"{text}\"";
            return false;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            && Math.Abs(seconds) < TimeSpan.MaxValue.TotalSeconds - 1)
        {
            span = TimeSpan.FromSeconds(seconds);
            return true;
        }

        error = $"strconv.ParseInt: parsing \"{text}\": invalid syntax";
        return false;
    }

    private JsonElement? Find(string name) => Has(name) ? root.GetProperty(name) : null;

    /// <summary>Converts a value to a string as Go's weak decoding does; null when it cannot be converted.</summary>
    private static string? AsText(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "1",
        JsonValueKind.False => "0",
        JsonValueKind.Null => "",
        _ => null,
    };

    private static string Unconvertible(JsonElement value, string wanted) => $"'' expected type '{wanted}', got unconvertible type '{GoType(value)}'";

    private static string OfItem(int at, JsonElement item) =>
        $"1 error(s) decoding:\n\n* '[{at}]' expected type 'string', got unconvertible type '{GoType(item)}'";

    private static string GoType(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "map[string]interface {}",
        JsonValueKind.Array => "[]interface {}",
        JsonValueKind.Number => "json.Number",
        JsonValueKind.String => "string",
        _ => "bool",
    };

    private static string GoKind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => "slice",
        JsonValueKind.Number or JsonValueKind.String => "string",
        _ => "bool",
    };

    /// <summary>Prints a value as Go does with <c>%v</c>.</summary>
    private static string Printed(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => $"map[{string.Join(' ', value.EnumerateObject().OrderBy(field => field.Name, StringComparer.Ordinal).Select(field => $"{field.Name}:{Printed(field.Value)}"))}]",
        JsonValueKind.Array => $"[{string.Join(' ', value.EnumerateArray().Select(Printed))}]",
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "<nil>",
        _ => value.GetRawText(),
    };

    private VaultRefusal Unfit(string name, JsonElement value, string why) => unfit is not null
        ? unfit(name, Printed(value), why)
        : new VaultRefusal(500, VaultRefusal.OneError(Converting(name, Printed(value), why)));

    private static string Converting(string name, string value, string why) => $"error converting input {value} for field \"{name}\": {why}";
}
