# The addresses and names of the node, for the scripts beside this one.
# shellcheck disable=SC2034
device=akkavault0
machine_address=172.31.255.1
node_address=172.31.255.2
pods=10.244.0.0/16
services=10.96.0.0/16
api_service=10.96.0.1
dns_address=10.96.0.10
cgroup=akkavault-node
