using AkkaVault.Shared;

namespace AkkaVault.Controller.Kubernetes.Access;

/// <summary>As whom the API server is asked: a user of a kubeconfig.</summary>
internal static class UserReader
{
    private static readonly string[] s_tokens = ["token", "tokenFile"];
    private static readonly string[] s_logins = ["username", "password"];

    /// <summary>Reads.</summary>
    /// <param name="user">The user; null: nobody.</param>
    /// <param name="resolve">Makes a path of the file absolute.</param>
    /// <param name="access">How the API server is reached.</param>
    /// <param name="cluster">The cluster's section.</param>
    /// <param name="clock">This node's clock.</param>
    public static ApiAccess Read(YamlSection? user, Func<string, string> resolve, ApiAccess access, YamlSection cluster, TimeProvider clock)
    {
        if (user is null) return access;
        user.PassOver("extensions");
        var (certificate, key) = (PemReader.Read(user, "client-certificate", resolve), PemReader.Read(user, "client-key", resolve));
        if (certificate is not null && key is not null) PemReader.CheckIdentity(user, "client-certificate", certificate, "client-key", key);
        else if (certificate is not null) user.Problem("client-key", "expected the key of client-certificate");
        else if (key is not null) user.Problem("client-certificate", "expected the certificate of client-key");
        if (user.Below("auth-provider") is not null) user.Problem("auth-provider", "is not supported; expected exec, as with kubectl since 1.26, or credentials");

        var plugin = user.Below("exec") is { } exec ? ExecReader.Read(exec, resolve, access, cluster, clock) : null;
        var read = access with
        {
            Certificate = certificate,
            Key = key,
            Token = Token(user),
            TokenFile = TokenFile(user, resolve),
            Login = Login(user),
            Plugin = plugin,
            Impersonation = Impersonation(user),
        };
        if ((read.Token ?? read.TokenFile) is not null && read.Login is not null) user.Problem("expected one of token, tokenFile, and username with password");
        if (plugin is not null && ((read.Token ?? read.TokenFile) is not null || read.Login is not null || certificate is not null))
            user.Problem("exec", $"expected no other way to authenticate beside it; remove {string.Join(", ", [.. s_tokens, .. s_logins])} or client-certificate");
        user.RefuseOthers();
        return read;
    }

    private static string? Token(YamlSection user)
    {
        if (user.Text("token") is not { } token) return null;
        if (!SettingText.IsCredential(token)) user.Problem("token", "expected a token, without spaces and line breaks");
        return token;
    }

    private static string? TokenFile(YamlSection user, Func<string, string> resolve)
    {
        if (user.Text("tokenFile") is not { } written) return null;
        var file = resolve(written);
        try
        {
            if (!SettingText.IsCredential(File.ReadAllText(file).Trim())) user.Problem("tokenFile", $"{file}: expected a token, without spaces and line breaks");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            user.Problem("tokenFile", e.Message);
        }

        return file;
    }

    private static (string Name, string Password)? Login(YamlSection user)
    {
        var (name, password) = (user.Text("username"), user.Text("password"));
        if (name is null && password is not null) user.Problem("username", "expected a user name, because there is a password");
        return name is null ? null : (name, password ?? "");
    }

    private static Impersonation? Impersonation(YamlSection user)
    {
        var (name, uid, groups) = (user.Text("as"), user.Text("as-uid"), user.Texts("as-groups"));
        var more = user.Below("as-user-extra");
        IReadOnlyList<(string Key, IReadOnlyList<string> Values)> extra = [.. more?.Keys.ToArray().Select(key => (key, more.Texts(key))) ?? []];
        if (name is null && (uid is not null || groups.Count > 0 || extra.Count > 0)) user.Problem("as", "expected the user to whom as-uid, as-groups and as-user-extra belong");
        if (((IEnumerable<string?>)[name, uid, .. groups, .. extra.SelectMany(one => one.Values)]).Any(text => text?.Any(char.IsControl) == true))
            user.Problem("as, as-uid, as-groups, as-user-extra: expected texts without line breaks");
        return name is null ? null : new Impersonation(name, uid, groups, extra);
    }
}
