using System.Net;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Pods;
using AkkaVault.Shared.Vault;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Vault;

/// <summary>Is told how renewals go: metrics.</summary>
public interface ITokenObserver
{
    /// <summary>A renewal is being asked for.</summary>
    void RenewalRequested();

    /// <summary>It failed.</summary>
    void RenewalFailed();
}

/// <summary>The token breaks the rules; the message names all of them.</summary>
/// <param name="problems">The broken rules.</param>
public sealed class TokenRuleException(IReadOnlyList<string> problems) : Exception(string.Join("; ", problems));

/// <summary>
/// The controller's own token: checked at the start (again and again until Vault answers), renewed at half its TTL, with
/// backoff inside what is left. A token that breaks the rules stops the program.
/// </summary>
public sealed class ControllerToken(
    VaultClient vault, VaultSettings settings, TimeProvider clock, ITokenObserver observer, ILogger<ControllerToken> log) : BackgroundService
{
    private string _problem = "the Vault token has not been checked yet";
    private volatile bool _checked;

    /// <summary>Why the token cannot be used, or null when it can.</summary>
    public string? Problem => Volatile.Read(ref _problem) is { Length: > 0 } problem ? problem : null;

    /// <summary>The token.</summary>
    /// <exception cref="VaultException">It has not been found good yet.</exception>
    public string Value => _checked ? settings.Token : throw new VaultException("token", Volatile.Read(ref _problem));

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var left = await CheckUntilAnsweredAsync(stoppingToken).ConfigureAwait(false);
        while (true)
        {
            // Between 40 and 50 percent, so that many controllers do not renew at one moment.
            await Task.Delay(left * (0.4 + (0.1 * Random.Shared.NextDouble())), clock, stoppingToken).ConfigureAwait(false);
            left = await RenewAsync(left, stoppingToken).ConfigureAwait(false);
        }
    }

    private async Task<TimeSpan> CheckUntilAnsweredAsync(CancellationToken cancellation)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                var ttl = await CheckAsync(cancellation).ConfigureAwait(false);
                Volatile.Write(ref _problem, "");
                _checked = true;
                log.LogInformation("The Vault token is good; {Ttl} left, renewed at half of it", ttl);
                return ttl;
            }
            catch (VaultException e) when (e.Failure != VaultFailure.Permanent)
            {
                Volatile.Write(ref _problem, e.Message);
                log.LogWarning("The Vault token cannot be checked yet: {Problem}", e.Message);
                await Task.Delay(Backoff.Standard.After(failures, Random.Shared.NextDouble()), clock, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task<TimeSpan> CheckAsync(CancellationToken cancellation)
    {
        TokenLookup lookup;
        try
        {
            lookup = await vault.LookupSelfAsync(settings.Token, cancellation).ConfigureAwait(false);
        }
        catch (VaultException e) when (e.Failure == VaultFailure.Permanent)
        {
            throw new TokenRuleException([$"vault.token is not a token that Vault knows, or it may not look itself up ({e.Message})"]);
        }

        var problems = TokenRules.Violations(lookup).ToList();
        if (!settings.SkipTokenRoleNameValidation) problems.AddRange(await RoleViolationsAsync(lookup, cancellation).ConfigureAwait(false));
        return problems.Count == 0 ? lookup.Ttl : throw new TokenRuleException(problems);
    }

    private async Task<IReadOnlyList<string>> RoleViolationsAsync(TokenLookup lookup, CancellationToken cancellation)
    {
        if (lookup.Role is not { Length: > 0 } role)
            return ["vault.token was not created from a token role; create it with auth/token/create/<role>, or set vault.skipTokenRoleNameValidation: true"];
        try
        {
            return TokenRules.Violations(await vault.ReadTokenRoleAsync(settings.Token, role, cancellation).ConfigureAwait(false));
        }
        catch (VaultException e) when (e.Status == HttpStatusCode.Forbidden)
        {
            return [$"the controller's policy lacks read on auth/token/roles/{role}; grant it, or set vault.skipTokenRoleNameValidation: true"];
        }
        catch (VaultException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return [$"token role {role} does not exist (any more); create it again with a period"];
        }
    }

    private async Task<TimeSpan> RenewAsync(TimeSpan ttl, CancellationToken cancellation)
    {
        var halfGone = clock.GetUtcNow();
        for (var failures = 1; ; failures++)
        {
            observer.RenewalRequested();
            try
            {
                var auth = await vault.RenewSelfAsync(settings.Token, cancellation).ConfigureAwait(false);
                Volatile.Write(ref _problem, "");
                log.LogInformation("The Vault token is renewed for {Ttl}", auth.LeaseDuration);
                return auth.LeaseDuration;
            }
            catch (VaultException e)
            {
                observer.RenewalFailed();
                log.LogError("The Vault token could not be renewed: {Problem}", e.Message);
                if (clock.GetUtcNow() - halfGone > ttl / 2) Volatile.Write(ref _problem, $"the Vault token could not be renewed in time: {e.Message}");
                var pause = Backoff.Standard.After(failures, Random.Shared.NextDouble());
                await Task.Delay(pause < ttl / 8 ? pause : ttl / 8, clock, cancellation).ConfigureAwait(false);
            }
        }
    }
}
