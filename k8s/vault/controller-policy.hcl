# Everything the controller asks of Vault. One path for each AppRole that pods may name; + instead of a name allows all of them.
# min_wrapping_ttl refuses a request whose answer would not be wrapped: each secret_id is unwrapped once, and the audit log shows it.
path "auth/approle/role/sample-app/secret-id" {
  capabilities     = ["update"]
  min_wrapping_ttl = "1s"
  max_wrapping_ttl = "10m"
}

# To know itself, and to stay alive. Vault's default policy grants both; a token without it needs them here.
path "auth/token/lookup-self" {
  capabilities = ["read"]
}
path "auth/token/renew-self" {
  capabilities = ["update"]
}

# Wrapping tokens that were not delivered are revoked; without it they die of their TTL.
path "auth/token/revoke-accessor" {
  capabilities = ["update"]
}

# To check the role of the controller's own token. Not needed with vault.skipTokenRoleNameValidation or vault.auth.
path "auth/token/roles/kubernetes-vault" {
  capabilities = ["read"]
}

# Only with mutual TLS between the controllers (cluster.tls.vaultCertBackend, vaultCertRole).
path "cluster-ca/issue/kubernetes-vault" {
  capabilities = ["update"]
}

# Only where the metrics port has its certificate from Vault (prometheus.tls.vaultCertBackend, vaultCertRole).
path "intermediate-ca/issue/kubernetes-vault" {
  capabilities = ["update"]
}
