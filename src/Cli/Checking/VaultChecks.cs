using System.Net;
using System.Security.Cryptography;
using AkkaVault.Controller.Certificates;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Vault;
using AkkaVault.Controller.Vault.Renewal;
using AkkaVault.Shared.Http;
using AkkaVault.Shared.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace AkkaVault.Cli.Checking;

/// <summary>Checks Vault with the controller's own requests: Vault's certificate, the controller's token, and the rights of that token.</summary>
/// <param name="configuration">The configuration.</param>
/// <param name="roles">The AppRoles that pods will name.</param>
/// <param name="timeout">The time limit of one request.</param>
internal sealed class VaultChecks(ControllerConfiguration configuration, IReadOnlyList<string> roles, TimeSpan timeout)
{
    private const string Reached = "Vault is reached";
    private const string Token = "Vault token";
    private const string Policy = "Vault policy";

    private readonly List<Check> _checks = [];

    /// <summary>Runs the checks. If a check fails, the checks that depend on it are skipped, with the reason.</summary>
    public async Task<IReadOnlyList<Check>> RunAsync(CancellationToken cancellation)
    {
        var settings = configuration.Vault;
        var bundle = settings.Ca is null ? null : new CaBundle();
        var trust = new VaultTrust(bundle, TimeProvider.System);
        using var http = Connection(trust);
        var vault = new VaultClient(http, settings.AppRolePath, settings.Namespace);
        if (!await TrustAsync(vault, trust, bundle, cancellation).ConfigureAwait(false) || !await ReachAsync(vault, cancellation).ConfigureAwait(false))
        {
            Skip("Vault was not reached", Token, Policy);
            return _checks;
        }

        if (await ObtainAsync(new TokenSource(vault, settings, trust, TimeProvider.System), cancellation).ConfigureAwait(false) is not { } token)
        {
            Skip("there is no token to ask with", Policy);
            return _checks;
        }

        await AskRightsAsync(vault, token.Value, cancellation).ConfigureAwait(false);
        if (token.IsOurs) await EndAsync(vault, token.Value, cancellation).ConfigureAwait(false);
        return _checks;
    }

    /// <summary>Loads the certificates that verify Vault's.</summary>
    private async Task<bool> TrustAsync(VaultClient vault, VaultTrust trust, CaBundle? bundle, CancellationToken cancellation)
    {
        const string Name = "CA certificates for Vault";
        switch (configuration.Vault.Ca)
        {
            case CaSource.File file:
                try
                {
                    bundle!.Replace(CaCertificates.Parse(await File.ReadAllTextAsync(file.Path, cancellation).ConfigureAwait(false)));
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
                {
                    _checks.Add(Check.Failed(Name, $"{file.Path}: {Causes.Of(e)}", "vault.tls.caCert must be a PEM file."));
                    return false;
                }

                _checks.Add(Check.Ok(Name, $"{bundle.Current}"));
                return true;
            case CaSource.Backends backends:
                var caBundle = new VaultCaBundle(
                    backends.Mounts, vault, () => Connection(new VaultCaBundle.AnyTrust()), trust, bundle!, TimeProvider.System, NullLogger<VaultCaBundle>.Instance);
                if (await caBundle.LoadAsync(0, cancellation).ConfigureAwait(false) is CertificateRenewalInput.Failed failed)
                {
                    _checks.Add(Check.Failed(Name, failed.Problem, "Is vault.addr right, and is there a PKI mount at each of vault.tls.vaultCABackends?"));
                    return false;
                }

                _checks.Add(Check.Ok(Name, $"fetched over a connection that nothing verified; compare: {bundle!.Current}"));
                return true;
            default:
                return true;
        }
    }

    private async Task<bool> ReachAsync(VaultClient vault, CancellationToken cancellation)
    {
        try
        {
            var status = await vault.ReadSealStatusAsync(cancellation).ConfigureAwait(false);
            _checks.Add(Check.Ok(Reached, $"{configuration.Vault.AddressAsWritten}, version {status.Version}"));
            _checks.Add(status switch
            {
                { Initialized: false } => Check.Failed("Vault is unsealed", "it was never initialized", "vault operator init"),
                { Sealed: true } => Check.Failed("Vault is unsealed", "it is sealed", "vault operator unseal"),
                _ => Check.Ok("Vault is unsealed"),
            });
            return status is { Initialized: true, Sealed: false };
        }
        catch (VaultException e)
        {
            _checks.Add(Check.Failed(
                Reached, e.Message,
                e.Cause == VaultCause.Untrusted ? "Set vault.tls.caCert or vault.tls.vaultCABackends to what issued it." : "Is vault.addr right (https or http, name, port), is Vault up, and may this machine reach it, by the proxy or without one (HTTPS_PROXY, NO_PROXY)?"));
            return false;
        }
    }

    /// <summary>Gets the controller's token. A token that breaks a rule is returned, too, so that its rights can be checked.</summary>
    /// <returns>The token, and whether this check created it; null: there is no token.</returns>
    private async Task<(string Value, bool IsOurs)?> ObtainAsync(TokenSource source, CancellationToken cancellation)
    {
        switch (await source.ObtainAsync(0, cancellation).ConfigureAwait(false))
        {
            case TokenRenewalInput.LoggedIn { Auth: var auth }:
                Judge(TokenRules.Violations(auth), $"from {configuration.Vault.Login}; it lives for {auth.LeaseDuration}");
                return (auth.ClientToken, !auth.IsBatch);
            case TokenRenewalInput.Obtained { Token: var token }:
                switch (await source.CheckAsync(0, token, cancellation).ConfigureAwait(false))
                {
                    case TokenRenewalInput.Checked answer:
                        Judge(TokenRules.Violations(answer), $"{configuration.Vault.Login}; {answer.Lookup.Ttl} left{(answer.Lookup.IsOrphan ? "" : "; it is no orphan, so it dies with the token that created it")}");
                        return (token.Value, false);
                    case TokenRenewalInput.CheckFailed failed:
                        _checks.Add(Check.Failed(
                            Token, $"{configuration.Vault.Login} cannot be looked up: {failed.Problem.Message}",
                            failed.Problem.Denied ? "It is not a token that Vault knows, or it may not look itself up: create one (docs/vault.md)." : "Look at Vault's log."));
                        return null;
                }

                return null;
            case TokenRenewalInput.ObtainFailed failed:
                _checks.Add(Check.Failed(Token, $"none could be had from {configuration.Vault.Login}: {failed.Problem.Message}", "docs/vault.md, section 3, sets each way up."));
                return null;
            default:
                return null;
        }
    }

    private void Judge(IReadOnlyList<string> violations, string otherwise)
    {
        if (violations.Count == 0) _checks.Add(Check.Ok(Token, otherwise));
        // The part of a violation after "; " says how to correct it.
        foreach (var violation in violations)
            _checks.Add(violation.Split("; ", 2) is [var what, var how] ? Check.Failed(Token, what, $"{char.ToUpperInvariant(how[0])}{how[1..]}.") : Check.Failed(Token, violation));
    }

    private async Task AskRightsAsync(VaultClient vault, string token, CancellationToken cancellation)
    {
        var rights = VaultRights.Of(configuration, roles);
        try
        {
            var capabilities = await vault.CapabilitiesSelfAsync(token, [.. rights.Select(right => right.Path)], cancellation).ConfigureAwait(false);
            _checks.AddRange(VaultRights.Judge(rights, capabilities));
        }
        catch (VaultException e)
        {
            _checks.Add(e.Status == HttpStatusCode.Forbidden
                ? Check.Skipped(Policy, $"the token may not ask what it may: {e.Message}", "Grant update on sys/capabilities-self, as Vault's default policy does, or compare by hand with k8s/vault/controller-policy.hcl.")
                : Check.Failed(Policy, e.Message, "Look at Vault's log."));
        }

        if (roles.Count == 0) Skip("no --role was given", "policy: the AppRoles of the pods");
    }

    /// <summary>Revokes a token that this check created.</summary>
    private async Task EndAsync(VaultClient vault, string token, CancellationToken cancellation)
    {
        try
        {
            await vault.RevokeSelfAsync(token, cancellation).ConfigureAwait(false);
        }
        catch (VaultException e)
        {
            _checks.Add(Check.Skipped("the token of this check is revoked", e.Message, "Nothing: it ends with its TTL."));
        }
    }

    private HttpClient Connection(IServerTrust trust)
    {
        var http = VaultTransport.Create(configuration.Vault.Address, trust);
        http.Timeout = timeout;
        return http;
    }

    private void Skip(string reason, params string[] names) => _checks.AddRange(names.Select(name => Check.Skipped(name, reason)));
}
