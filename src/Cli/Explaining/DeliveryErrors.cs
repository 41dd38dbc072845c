using System.Text.RegularExpressions;
using AkkaVault.Cli.Management;
using AkkaVault.Shared.Push;

namespace AkkaVault.Cli.Explaining;

/// <summary>What the error of a run's last attempt means, and what to do about it.</summary>
internal static partial class DeliveryErrors
{
    private sealed record Meaning(string Code, string Sentence, string WhatToDo);

    /// <summary>The finding.</summary>
    public static Finding Explain(string error, RunDocument run)
    {
        var meaning = OfVault(error, run) ?? OfAnswer(error, run) ?? OfNetwork(error)
            ?? new Meaning("delivery-failed", "The last attempt failed", $"Look at the log of the controller that has it in hand{(run.Node is null ? "" : $" ({run.Node})")}.");
        return new Finding(FindingKind.Problem, meaning.Code, $"{meaning.Sentence}: {error.TrimEnd('.')} (attempt {run.Attempts}).", meaning.WhatToDo);
    }

    private static Meaning? OfVault(string error, RunDocument run)
    {
        bool Says(string words) => error.Contains(words, StringComparison.OrdinalIgnoreCase);
        // As the controllers asked for it: AppRole may be mounted elsewhere (vault.approlePath), and their configuration is not known here.
        var role = RolePath().Match(error) is { Success: true } asked ? asked.Groups[1].Value : $"auth/approle/role/{run.Role}";
        return error switch
        {
            _ when Says("secret-id: 403") => new Meaning(
                "role-refused", $"Vault refuses the controllers a secret_id of the role {run.Role}",
                $"Grant update on {role}/secret-id in the controllers' policy (k8s/vault/controller-policy.hcl), or correct the annotation; akkavault check --role {run.Role} shows what is granted."),
            _ when Says("secret-id: 404") => new Meaning(
                "role-missing", $"Vault has no AppRole {run.Role}, or AppRole is mounted elsewhere",
                $"Create the role (docs/vault.md), correct the annotation, or set vault.approlePath."),
            _ when Says("secret-id: 400") => new Meaning("role-unfit", $"Vault cannot issue a secret_id of the role {run.Role}", $"Look at the role's settings: vault read {role}."),
            _ when Says("token is lost") => new Meaning("token-lost", "The controllers' own Vault token is lost", "Give them another (docs/vault.md); akkavault check says what is wrong with the one configured."),
            _ when Says("is sealed") => new Meaning("vault-sealed", "Vault is sealed", "Unseal it; deliveries go on by themselves."),
            _ when Says("secret-id: 429") => new Meaning("vault-throttled", "Vault's rate limit holds the controllers back", "Wait, raise the quota, or lower vault.maxConcurrency."),
            _ when Says("is not trusted") => new Meaning("vault-untrusted", "The controllers do not trust Vault's certificate", "Set vault.tls.caCert or vault.tls.vaultCABackends to what issued it."),
            _ when Says("cannot reach Vault") || Says("did not answer within") => new Meaning(
                "vault-unreachable", "The controllers cannot reach Vault", "Is vault.addr right, is Vault up, and may the controllers reach it (NetworkPolicy)? Deliveries go on by themselves."),
            _ when Says("secret-id: 5") => new Meaning("vault-failing", "Vault fails", "Look at Vault's log; deliveries go on by themselves."),
            _ when Says("all but expired") => new Meaning("wrapping-too-short", "The wrapping token was dead before it could be pushed", "Raise vault.wrappingTTL, or find out why Vault is slow."),
            _ => null,
        };
    }

    /// <summary>The init container answered.</summary>
    private static Meaning? OfAnswer(string error, RunDocument run)
    {
        if (!error.StartsWith("the init container answered", StringComparison.Ordinal)) return null;
        bool Is(string reason) => error.Contains($"({reason})", StringComparison.Ordinal);
        return error switch
        {
            _ when Is(PushRejection.LoginRefused) => new Meaning(
                "login-refused", "Vault refuses the init container's login",
                $"VAULT_ROLE_ID of the init container must be the role_id of {run.Role} (vault read auth/approle/role/{run.Role}/role-id, or below vault.approlePath where that is set); also look at its secret_id_bound_cidrs, and at vault.bindToPodIP behind NAT."),
            _ when Is(PushRejection.WriteFailed) => new Meaning(
                "write-failed", "The init container cannot write the credentials", "Mount a writable volume at CREDENTIALS_PATH (/var/run/secrets/boostport.com), large enough, for its user."),
            _ when Is(PushRejection.WrappingTokenInvalid) => new Meaning(
                "wrapping-token-used", "The wrapping token was dead or used when the init container came to it", "If this repeats, somebody else may use them: look at sys/wrapping/unwrap in Vault's audit log (docs/security.md)."),
            _ when Is(PushRejection.WrappingTokenForeign) => new Meaning(
                "wrapping-token-foreign", "The init container takes no wrapping token of that path", "Are the init container and the controllers of the same version?"),
            _ when Is(PushRejection.VaultUnavailable) || Is(PushRejection.LoginFailed) => new Meaning(
                "pod-cannot-reach-vault", "The init container cannot reach Vault", "vault.addr must be good from inside of the pod as well: DNS, NetworkPolicy, and the CA certificates; its log says more."),
            _ when Is(PushRejection.ExpiredToken) => new Meaning(
                "expired-token", "To the init container the wrapping token is past its TTL", "Compare the clocks of the node and of Vault, or raise vault.wrappingTTL."),
            _ when Is(PushRejection.VaultNotExpected) => new Meaning(
                "vault-not-expected", "The init container expects another Vault than the controllers' push names",
                "Make EXPECTED_VAULT_ADDR of the init container and the controllers' vault.addr the same, to the letter but for a slash at the end; the init container's log shows both."),
            _ when Is(PushRejection.InternalError) => new Meaning(
                "init-container-failed", "Something went wrong in the init container that was not foreseen", "Its log has it: please report it."),
            _ => new Meaning("push-refused", "The init container did not take the push", "Its log says more. Is it our image, and nothing else, that listens on port 50000?"),
        };
    }

    [GeneratedRegex(@"\bPUT (auth/.+?/role/[^/\s]+)/secret-id: ")]
    private static partial Regex RolePath();

    private static Meaning? OfNetwork(string error)
    {
        bool Says(string words) => error.Contains(words, StringComparison.OrdinalIgnoreCase);
        return error switch
        {
            _ when Says("refused") => new Meaning(
                "not-listening", "Nobody listens on port 50000 of the pod", "Just started, it passes by itself; else look at the init container's log, and at LISTEN_ADDRESS."),
            _ when Says("no answer") || Says("timed out") || Says("no route") || Says("unreachable") => new Meaning(
                "no-answer", "The pod does not answer on port 50000", "Allow TCP 50000 from the controllers' namespace to the pod (NetworkPolicy, firewall, service mesh)."),
            _ when Says("SSL") || Says("TLS") => new Meaning(
                "not-tls", "What answers on port 50000 of the pod does not speak TLS as the init container does", "A service mesh that takes over the connection must leave port 50000 alone."),
            _ => null,
        };
    }
}
