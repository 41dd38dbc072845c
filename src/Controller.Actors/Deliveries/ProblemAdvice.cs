using AkkaVault.Shared.Push;

namespace AkkaVault.Controller.Deliveries;

/// <summary>What a person can do about a problem, for events, the log and <c>akkavault explain</c>.</summary>
internal static class ProblemAdvice
{
    private const int InternalServerError = 500;

    /// <summary>One or more sentences.</summary>
    /// <param name="code">See <see cref="ProblemCode"/>.</param>
    /// <param name="role">The pod's AppRole.</param>
    public static string For(string code, string role) => code switch
    {
        "vault-400" => $"Look at the role's settings: vault read auth/approle/role/{role}, or below vault.approlePath where that is set.",
        "vault-403" => $"Grant update on auth/approle/role/{role}/secret-id, or below vault.approlePath where that is set, in the controllers' policy (k8s/vault/controller-policy.hcl), or correct the annotation; akkavault check --role {role} shows what is granted. A max_wrapping_ttl of the policy that is below vault.wrappingTTL is refused in the same words.",
        "vault-404" => "Create the role (docs/vault.md), correct the annotation, or set vault.approlePath.",
        "vault-429" => "Wait, raise the quota in Vault, or lower vault.maxConcurrency.",
        ProblemCode.VaultTokenLost => "Give the controllers another token (docs/vault.md); akkavault check says what is wrong with the one configured.",
        ProblemCode.VaultSealed => "Unseal Vault; deliveries go on by themselves.",
        ProblemCode.VaultUntrusted => "Set vault.tls.caCert or vault.tls.vaultCABackends to what issued Vault's certificate.",
        ProblemCode.VaultUnreachable or ProblemCode.VaultNoAnswer => "Is vault.addr right, is Vault up, and may the controllers reach it (NetworkPolicy)? Deliveries go on by themselves.",
        ProblemCode.NotVault => "Set vault.addr to the address of Vault itself, without a path; where a load balancer or a proxy is in between, see whether it reaches Vault (HTTPS_PROXY, NO_PROXY). Deliveries go on by themselves.",
        ProblemCode.VaultAwaited => "Does Vault serve? GET /ready of the controllers and their log say what is known; deliveries go on by themselves.",
        ProblemCode.WrappingTooShort => "Raise vault.wrappingTTL, or find out why Vault is slow.",
        ProblemCode.TooLate or ProblemCode.PushAwaited => "Too many pods are pushed to at once, or many that hang: look at those that wait (akkavault pods), or raise vault.wrappingTTL.",
        ProblemCode.NotListening => "Look at the init container's log and its LISTEN_ADDRESS; a service mesh must leave port 50000 of the pod alone.",
        ProblemCode.NoAnswer => "Allow TCP 50000 from the controllers to the pod (NetworkPolicy, firewall); a service mesh must leave that port alone. A connection that was reset or closed: the init container may have ended meanwhile, its log says why.",
        ProblemCode.NotTls => "A service mesh that takes over the connection must leave port 50000 of the pod alone.",
        PushRejection.LoginRefused =>
            $"VAULT_ROLE_ID of the init container must be the role_id of {role} (vault read auth/approle/role/{role}/role-id, or below vault.approlePath where that is set); also look at its secret_id_bound_cidrs, and at vault.bindToPodIP behind NAT.",
        PushRejection.SecretUnreadable => $"Let the policies of {role} read the path, or correct it in VAULT_SECRETS of the init container, whose log has Vault's words (docs/secret-files.md).",
        PushRejection.WriteFailed => "Mount a writable volume at CREDENTIALS_PATH (/var/run/secrets/boostport.com), large enough, for its user.",
        PushRejection.WrappingTokenInvalid => "Does the pod ask the same Vault as the controllers? If so and if it repeats, look at sys/wrapping/unwrap in Vault's audit log (docs/security.md).",
        PushRejection.WrappingTokenForeign => "Are the init container and the controllers of the same version?",
        PushRejection.VaultUnavailable or PushRejection.LoginFailed =>
            "vault.addr must be good from inside of the pod as well: DNS, NetworkPolicy, a service mesh that is not up yet, and the CA certificates; the init container's log says more.",
        PushRejection.ExpiredToken => "Compare the clocks of the pod's node and of Vault, or raise vault.wrappingTTL.",
        PushRejection.VaultNotExpected =>
            "Make EXPECTED_VAULT_ADDR of the init container and the controllers' vault.addr the same, to the letter but for a slash at the end; the init container's log shows both.",
        PushRejection.InternalError => "The init container's log has it: please report it.",
        PushRejection.InvalidPush => "Is vault.addr a URL, are the clocks right, and has the CA bundle no more than 500 certificates? The init container's log says which value it does not take.",
        _ when ProblemCode.StatusOfVaultIn(code) >= InternalServerError => "Look at Vault's log; deliveries go on by themselves.",
        _ when ProblemCode.StatusOfVaultIn(code) is not null || code is ProblemCode.VaultFailed => "Is vault.addr the address of Vault itself? The controllers' log says more.",
        ProblemCode.Unforeseen => "Please report it with the controllers' log.",
        _ => "Does our init container, and nothing else, listen on port 50000 of the pod? Its log, and that of a service mesh's sidecar, say more.",
    };
}
