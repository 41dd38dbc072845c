using System.Globalization;
using System.Text.Json;
using AkkaVault.Shared;

namespace AkkaVault.Sandbox.Vault;

/// <summary>The fields of a request's body, read with the leniency of Vault's framework (numbers or strings, lists or commas).</summary>
internal sealed class RequestData(JsonElement root)
{
    public static RequestData Empty { get; } = new(JsonDocument.Parse("{}").RootElement.Clone());

    public bool Has(string name) => root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    public string? Text(string name) => !Has(name) ? null : root.GetProperty(name) switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False } scalar => scalar.GetRawText(),
        _ => throw Unfit(name),
    };

    public bool? Flag(string name) => Text(name) switch
    {
        null => null,
        var text when bool.TryParse(text, out var flag) => flag,
        "1" => true,
        "0" => false,
        _ => throw Unfit(name),
    };

    public int? Number(string name) => Text(name) switch
    {
        null => null,
        var text when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw Unfit(name),
    };

    public double? Real(string name) => Text(name) switch
    {
        null => null,
        var text when double.TryParse(text, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw Unfit(name),
    };

    /// <summary>A number of seconds, or a Go duration.</summary>
    public TimeSpan? Span(string name) => Text(name) switch
    {
        null => null,
        "" => TimeSpan.Zero,
        var text when TryParseSpan(text, out var span, out _) && span >= TimeSpan.Zero => span,
        _ => throw Unfit(name),
    };

    /// <summary>An array of strings, or one string with commas.</summary>
    public IReadOnlyList<string>? Texts(string name)
    {
        if (!Has(name)) return null;
        var value = root.GetProperty(name);
        if (value.ValueKind == JsonValueKind.String)
            return value.GetString()!.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (value.ValueKind != JsonValueKind.Array) throw Unfit(name);
        return [.. value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : throw Unfit(name))];
    }

    /// <summary>The object below a field; empty when there is none.</summary>
    public RequestData Below(string name) =>
        !Has(name) ? Empty : root.GetProperty(name) is { ValueKind: JsonValueKind.Object } below ? new RequestData(below) : throw Unfit(name);

    /// <summary>A duration as Vault reads it: with a unit as Go does, else whole seconds; <paramref name="error"/> in Go's words.</summary>
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

    private static VaultRefusal Unfit(string name) => new(400, $"Field validation failed: error converting input for field \"{name}\"");
}
