using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>
/// Compares a body with the recorded one: the same keys and JSON types all the way down, made-up values consistently renamed and
/// of the same form, times the same distance from now, everything else equal. What another build than the recorded one may do
/// otherwise, <see cref="OtherBuilds"/> says.
/// </summary>
internal sealed partial class AnswerComparison(Correspondence known) : JsonComparison
{
    /// <summary>How much later than the recorded answers these are given; zero where the clock is set to the recording's.</summary>
    public TimeSpan Shift { get; init; }

    /// <summary>Whether it may be another build of Vault than the one recorded.</summary>
    public bool IsOtherBuild { get; init; }

    /// <summary>
    /// Clock readings; the recorded Vault answered within two seconds of the time the test's clock is set to. A real one is asked
    /// as fast as the machine can.
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

        // The keys of a LIST of accessors come in no order, and some were never named before: those known must be there.
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
        // Unix times; a TTL or a period is a number of seconds and must be the same, unless time goes by.
        var isTime = field is "server_time_utc" or "creation_time" or "expiration" or "last_renewal_time";
        var passes = IsOtherBuild && field is "ttl" or "lease_duration";
        if (Math.Abs(recorded + (isTime ? Shift.TotalSeconds : 0) - ours) > (isTime || passes ? Tolerance.TotalSeconds : 0)) Differences.Add($"{at}: {recorded} recorded, {ours} here");
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>What a made-up value looks like: its prefix, alphabet and, of one build, its length; not its letters.</summary>
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
