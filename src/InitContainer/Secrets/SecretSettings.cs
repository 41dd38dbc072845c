using AkkaVault.Shared;

namespace AkkaVault.InitContainer.Secrets;

/// <summary>What <c>VAULT_SECRETS</c> and <c>SECRETS_INTERVAL</c> ask for.</summary>
/// <param name="Files">The files.</param>
/// <param name="Interval">How often a sidecar reads secrets again that do not end.</param>
internal sealed record SecretSettings(IReadOnlyList<SecretFile> Files, TimeSpan Interval)
{
    private static readonly TimeSpan s_defaultInterval = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_shortestInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestInterval = TimeSpan.FromDays(40);

    /// <summary>Reads both variables.</summary>
    /// <param name="variable">The value of a variable, null when unset.</param>
    /// <param name="retrieve">Whether there is a token to read with.</param>
    /// <param name="mode">What the program does afterwards.</param>
    /// <param name="wrong">Receives what is wrong.</param>
    /// <param name="odd">Receives what is odd, but has a meaning.</param>
    /// <returns>Null: no secrets are asked for.</returns>
    public static SecretSettings? Read(Func<string, string?> variable, bool retrieve, Mode mode, List<string> wrong, List<string> odd)
    {
        var text = variable(SecretLines.Variable) ?? "";
        var written = SettingText.Trim(variable("SECRETS_INTERVAL") ?? "");
        var interval = s_defaultInterval;
        if (written.Length > 0) interval = ReadInterval(written, wrong);
        IReadOnlyList<SecretFile> files = string.IsNullOrWhiteSpace(text) ? [] : SecretLines.Parse(text, wrong);
        if (files.Count > 0 && !retrieve) wrong.Add("VAULT_SECRETS while RETRIEVE_TOKEN=false, expected RETRIEVE_TOKEN=true: without a token no secret can be read");
        if (written.Length > 0 && mode == Mode.Init) odd.Add("SECRETS_INTERVAL has no effect without MODE=sidecar: an init container reads secrets once");
        else if (written.Length > 0 && files.Count == 0) odd.Add("SECRETS_INTERVAL has no effect without VAULT_SECRETS");
        return files.Count == 0 ? null : new SecretSettings(files, interval);
    }

    private static TimeSpan ReadInterval(string text, List<string> wrong)
    {
        if (!GoDuration.TryParse(text, out var interval, out var error)) wrong.Add($"SECRETS_INTERVAL={SettingText.Visible(text)}, {error}");
        else if (interval < s_shortestInterval) wrong.Add($"SECRETS_INTERVAL={text}, expected 1s or more");
        return interval < s_longestInterval ? interval : s_longestInterval;
    }
}
