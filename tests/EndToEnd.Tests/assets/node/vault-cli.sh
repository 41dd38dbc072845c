# For bash to source: the commands of docs/vault.md without Vault's own program, which $VAULT_BIN names if it is there.
# VAULT_ADDR, VAULT_TOKEN and VAULT_CACERT are as for that program.
vault_ask() {
  local answer
  # Tokens go through a file descriptor: arguments are public.
  answer=$(curl -sS --noproxy '*' --max-time 30 ${VAULT_CACERT:+--cacert "$VAULT_CACERT"} -X "$1" ${3:+--data-binary "$3"} -K <(printf 'header = "X-Vault-Token: %s"\n' "$VAULT_TOKEN") -w '\n%{http_code}' "$VAULT_ADDR/v1/$2")
  [ "${answer##*$'\n'}" -lt 400 ] || { printf 'vault: %s %s: %s\n' "$1" "$2" "$answer" >&2; return 1; }
  printf '%s\n' "${answer%$'\n'*}"
}
# Text on stdin as a string of JSON.
vault_text() { awk 'BEGIN { ORS = "" } { gsub(/\\/, "\\\\"); gsub(/"/, "\\\""); print (NR > 1 ? "\\n" : "") $0 }'; }
# The arguments NAME=VALUE and NAME=@FILE as an object of JSON.
vault_fields() {
  local argument value fields=''
  for argument in "$@"; do
    value=${argument#*=}
    if [ "${value:0:1}" = @ ]; then value=$(vault_text <"${value:1}"); else value=$(vault_text <<<"$value"); fi
    fields+=",\"${argument%%=*}\":\"$value\""
  done
  printf '{%s}' "${fields:1}"
}
# A field of the answer on stdin as text, or all of it.
vault_field() { if [ -n "$1" ]; then printf '%b\n' "$(sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p")"; else cat; fi; }

vault() {
  if [ -n "${VAULT_BIN:-}" ]; then "$VAULT_BIN" "$@"; return; fi
  local command=$1 path='' max='' field=''
  shift
  case "$command" in auth | secrets | policy) command+=" $1"; shift ;; esac
  while [ "${1:0:1}" = - ]; do
    case "$1" in
      -path=*) path=${1#*=} ;;
      -max-lease-ttl=*) max=${1#*=} ;;
      -field=*) field=${1#*=} ;;
      # An answer is not shown otherwise.
      -format=json) ;;
      *) printf 'vault: %s is not simulated\n' "$1" >&2; return 1 ;;
    esac
    shift
  done
  case "$command" in
    'auth enable') vault_ask POST "sys/auth/${path:-$1}" "{\"type\":\"$1\"}" ;;
    'secrets enable') vault_ask POST "sys/mounts/${path:-$1}" "{\"type\":\"$1\",\"config\":{\"max_lease_ttl\":\"${max:-0}\"}}" ;;
    'policy write') vault_ask PUT "sys/policies/acl/$1" "{\"policy\":\"$(vault_text <"${2/#-//dev/stdin}")\"}" ;;
    write) vault_ask POST "$1" "$(vault_fields "${@:2}")" | vault_field "$field" ;;
    read) vault_ask GET "$1" | vault_field "$field" ;;
    *) printf 'vault: %s is not simulated\n' "$command" >&2; return 1 ;;
  esac
}
