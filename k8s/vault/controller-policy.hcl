# Everything the controller asks of Vault. One path for each AppRole that pods may name; + instead of a name allows all of them.
# min_wrapping_ttl refuses a request whose answer would not be wrapped: whoever steals the controller's token sees no secret_id.
path "auth/approle/role/sample-app/secret-id" {
  capabilities     = ["update"]
  min_wrapping_ttl = "1s"
  max_wrapping_ttl = "10m"
}

# Wrapping tokens that were not delivered are revoked; without it they die of their TTL.
path "auth/token/revoke-accessor" {
  capabilities = ["update"]
}

# To check the role of the controller's own token. Not needed with vault.skipTokenRoleNameValidation or vault.auth.
path "auth/token/roles/kubernetes-vault" {
  capabilities = ["read"]
}

# Only where the metrics port has its certificate from Vault (prometheus.tls.vaultCertBackend, vaultCertRole).
path "intermediate-ca/issue/kubernetes-vault" {
  capabilities = ["update"]
}
