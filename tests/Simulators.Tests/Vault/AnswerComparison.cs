using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>
/// Compares a body with the recorded one. Keys and JSON types must be equal at every level. Generated values may differ,
/// but must correspond one to one and have the same format. Times must have the same distance from now. Everything else
/// must be equal. <see cref="OtherBuilds"/> defines what a build other than the recorded one may answer differently.
/// </summary>
internal sealed partial class AnswerComparison(Correspondence known) : JsonComparison
{
    /// <summary>How much later than the recorded answers these answers are given; zero when the clock is set to the recording's.</summary>
    public TimeSpan Shift { get; init; }

    /// <summary>Whether the Vault may be another build than the recorded one.</summary>
    public bool IsOtherBuild { get; init; }

    /// <summary>
    /// The tolerance of clock readings. The recorded Vault answered within two seconds of the time that
    /// the test's clock is set to. For a real Vault the requests come as fast as the machine allows.
    /// </summary>
    private TimeSpan Tolerance => TimeSpan.FromSeconds(IsOtherBuild ? 30 : 2);

    protected override bool MayHaveMore => IsOtherBuild;

    protected override bool MayLack(string field) => IsOtherBuild && OtherBuilds.MayLack(field);

    protected override bool IsAnythingFine(JsonNode? recorded, JsonNode? ours, string field) => IsOtherBuild && OtherBuilds.IsAnythingFine(recorded, ours, field);

    protected override void CompareValues(JsonValue recorded, JsonValue ours, string at, string field)
    {
        switch (recorded.GetValueKind())
        {
            case JsonValueKind.String: CompareText((string)recorded!, (string)ours!, at, field); break;
            case JsonValueKind.Number: CompareNumber((double)recorded, (double)ours, at, field); break;
        }
    }

    protected override void CompareItems(JsonArray recorded, JsonArray ours, string at, string field)
    {
        if (field != "keys" || recorded.Count != ours.Count)
        {
            base.CompareItems(recorded, ours, at, field);
            return;
        }

        // The keys in a LIST of accessors have no order. Some of them appear in no earlier answer, so only the known ones are compared.
        var mine = ours.Select(item => (string)item!).ToHashSet();
        foreach (var key in recorded.Select(item => known.Of((string)item!)).Except(recorded.Select(item => (string)item!)))
        {
            if (!mine.Contains(key)) Differences.Add($"{at}: {key} missing here");
        }
    }

    private void CompareText(string recorded, string ours, string at, string field)
    {
        if (field == "request_id")
        {
            if (Form(recorded) != Form(ours)) Differences.Add($"{at}: another form");
        }
        else if (Correspondence.IsMadeUp(field))
        {
            if (Form(recorded) != Form(ours)) Differences.Add($"{at}: {Form(recorded)} recorded, {Form(ours)} here");
            else if (!known.Learn(recorded, ours)) Differences.Add($"{at}: stands for another value than before");
        }
        else if (Rfc3339().IsMatch(recorded))
        {
            if (!Rfc3339().IsMatch(ours) || (Time(recorded) + Shift - Time(ours)).Duration() > Tolerance) Differences.Add($"{at}: {recorded} recorded, {ours} here");
        }
        else if (known.Of(recorded) != ours && !(IsOtherBuild && OtherBuilds.MeansTheSame(recorded, ours, field)))
        {
            Differences.Add($"{at}: \"{recorded}\" recorded, \"{ours}\" here");
        }
    }

    private void CompareNumber(double recorded, double ours, string at, string field)
    {
        // These are Unix times. A TTL or period is a number of seconds and must be equal, unless it counts down.
        var isTime = field is "server_time_utc" or "creation_time" or "expiration" or "last_renewal_time";
        var passes = IsOtherBuild && field is "ttl" or "lease_duration";
        if (Math.Abs(recorded + (isTime ? Shift.TotalSeconds : 0) - ours) > (isTime || passes ? Tolerance.TotalSeconds : 0)) Differences.Add($"{at}: {recorded} recorded, {ours} here");
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>The format of a generated value: prefix, alphabet and, for the same build, length.</summary>
    private string Form(string value) =>
        value.Length == 0 ? "empty"
        : Pem().Match(value) is { Success: true } pem ? $"PEM {pem.Groups[1].Value}{(value.EndsWith('\n') && !IsOtherBuild ? " with newline" : "")}"
        : Guid.TryParse(value, out _) ? "UUID"
        : SerialNumber().IsMatch(value) ? "serial number"
        : IsOtherBuild ? OtherBuilds.Form(value)
        : value.StartsWith("vault-cluster-", StringComparison.Ordinal) ? $"cluster name of {value.Length}"
        : value[..Math.Min(2, value.Length)] is "s." or "b." ? $"{value[..2]} and {value.Length - 2} letters"
        : $"{value.Length} letters";

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$")]
    private static partial Regex Rfc3339();

    [GeneratedRegex(@"\A(?:-----BEGIN ([A-Z ]+)-----\n(?:[A-Za-z0-9+/=]{1,64}\n)+-----END \1-----\n?)\z")]
    private static partial Regex Pem();

    [GeneratedRegex("^([0-9a-f]{2}:){19}[0-9a-f]{2}$")]
    private static partial Regex SerialNumber();
}
