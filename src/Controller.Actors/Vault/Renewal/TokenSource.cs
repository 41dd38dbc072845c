using System.Net;
using AkkaVault.Controller.Configuration;
using AkkaVault.Shared;
using AkkaVault.Shared.Http;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Controller.Vault.Renewal;

/// <summary>Obtains, looks up and renews tokens, for <see cref="TokenRenewalActor"/>. Throws nothing but for cancellation.</summary>
internal sealed class TokenSource(VaultClient vault, VaultSettings settings, ITrustReadiness trust, TimeProvider clock)
{
    /// <summary>Where tokens come from.</summary>
    public TokenOrigin Origin => settings.Login switch
    {
        VaultLogin.Token => TokenOrigin.Given,
        VaultLogin.TokenFile => TokenOrigin.File,
        _ => TokenOrigin.Login,
    };

    /// <summary>Takes a token from where it comes from.</summary>
    public async Task<TokenRenewalInput> ObtainAsync(int operation, CancellationToken cancellation)
    {
        await trust.ReadyAsync(cancellation).ConfigureAwait(false);
        var asked = clock.GetUtcNow();
        try
        {
            switch (settings.Login)
            {
                case VaultLogin.Token given:
                    return new TokenRenewalInput.Obtained(operation, new VaultTokenValue(given.Value));
                case VaultLogin.TokenFile file:
                    return new TokenRenewalInput.Obtained(operation, new VaultTokenValue(await ReadAsync(file.Path, cancellation).ConfigureAwait(false)));
                case VaultLogin.Kubernetes kubernetes:
                    var jwt = await ReadAsync(kubernetes.JwtPath, cancellation).ConfigureAwait(false);
                    return new TokenRenewalInput.LoggedIn(operation, asked, await vault.LoginKubernetesAsync(kubernetes.Mount, kubernetes.Role, jwt, cancellation).ConfigureAwait(false));
                case VaultLogin.AppRole approle:
                    var (roleId, secretId) = (await ReadAsync(approle.RoleIdFile, cancellation).ConfigureAwait(false), await ReadAsync(approle.SecretIdFile, cancellation).ConfigureAwait(false));
                    return new TokenRenewalInput.LoggedIn(operation, asked, await vault.LoginAppRoleAsync(approle.Mount, roleId, secretId, cancellation).ConfigureAwait(false));
                default:
                    throw new InvalidOperationException($"{settings.Login} is not a way to authenticate");
            }
        }
        catch (VaultException e)
        {
            return new TokenRenewalInput.ObtainFailed(operation, ProblemOf(e));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new TokenRenewalInput.ObtainFailed(operation, new TokenProblem(VaultFailure.Transient, false, Causes.Of(e)));
        }
    }

    /// <summary>The token in the token file; null: no such file is configured, or it cannot be read now.</summary>
    public async Task<VaultTokenValue?> PeekAsync(CancellationToken cancellation)
    {
        if (settings.Login is not VaultLogin.TokenFile file) return null;
        try
        {
            return new VaultTokenValue(await ReadAsync(file.Path, cancellation).ConfigureAwait(false));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The file is being replaced. Where the token is needed, ObtainAsync says what is wrong.
            return null;
        }
    }

    /// <summary>Looks a token up, and its role unless that is not to be checked.</summary>
    public async Task<TokenRenewalInput> CheckAsync(int operation, VaultTokenValue token, CancellationToken cancellation)
    {
        var asked = clock.GetUtcNow();
        try
        {
            var lookup = await vault.LookupSelfAsync(token.Value, cancellation).ConfigureAwait(false);
            var role = settings.SkipTokenRoleNameValidation ? null : await RoleOfAsync(token, lookup, cancellation).ConfigureAwait(false);
            return new TokenRenewalInput.Checked(operation, asked, lookup, role);
        }
        catch (VaultException e)
        {
            return new TokenRenewalInput.CheckFailed(operation, ProblemOf(e));
        }
    }

    /// <summary>Renews a token.</summary>
    public async Task<TokenRenewalInput> RenewAsync(int operation, VaultTokenValue token, CancellationToken cancellation)
    {
        var asked = clock.GetUtcNow();
        try
        {
            var auth = await vault.RenewSelfAsync(token.Value, cancellation).ConfigureAwait(false);
            return new TokenRenewalInput.Renewed(operation, asked, auth.LeaseDuration, auth.Renewable);
        }
        catch (VaultException e)
        {
            return new TokenRenewalInput.RenewFailed(operation, ProblemOf(e));
        }
    }

    /// <summary>Looks up whether a token is alive.</summary>
    public async Task<TokenRenewalInput> ConfirmAsync(VaultTokenValue token, CancellationToken cancellation)
    {
        try
        {
            await vault.LookupSelfAsync(token.Value, cancellation).ConfigureAwait(false);
            return new TokenRenewalInput.Confirmed(token);
        }
        catch (VaultException e)
        {
            return new TokenRenewalInput.NotConfirmed(token, ProblemOf(e));
        }
    }

    private async Task<TokenRoleAnswer> RoleOfAsync(VaultTokenValue token, TokenLookup lookup, CancellationToken cancellation)
    {
        if (lookup.Role is not { Length: > 0 } role)
            return new TokenRoleAnswer(null, "the token was not created from a token role; create it with auth/token/create/<role>, or set vault.skipTokenRoleNameValidation: true");
        try
        {
            return new TokenRoleAnswer(await vault.ReadTokenRoleAsync(token.Value, role, cancellation).ConfigureAwait(false), null);
        }
        catch (VaultException e) when (e.Status == HttpStatusCode.Forbidden)
        {
            return new TokenRoleAnswer(null, $"the controller's policy lacks read on auth/token/roles/{role}; grant it, or set vault.skipTokenRoleNameValidation: true");
        }
        catch (VaultException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return new TokenRoleAnswer(null, $"token role {role} does not exist (any more); create it again with a period");
        }
    }

    private static async Task<string> ReadAsync(string path, CancellationToken cancellation)
    {
        var text = SettingText.Trim(await File.ReadAllTextAsync(path, cancellation).ConfigureAwait(false));
        if (text.Length == 0) throw new IOException($"{path} is empty");
        return SettingText.IsCredential(text) ? text : throw new IOException($"{path} holds spaces, line breaks or other characters that no token has");
    }

    private static TokenProblem ProblemOf(VaultException e) => new(e.Failure, e.Status == HttpStatusCode.Forbidden, e.Message, e.RetryAfter);
}
