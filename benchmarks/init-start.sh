#!/usr/bin/env bash
# Measures the time from exec of an init container to its first completed TLS handshake, and its memory at that time.
#   benchmarks/init-start.sh [path of the executable] [runs]
# Without a path, the script first publishes the executable that is in the image, with the packages that src/InitContainer/Dockerfile
# installs. It needs python3, and listens on 127.9.9.9:50000.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
program=${1:-}
if [ -z "$program" ]; then
  dotnet publish "$root/src/InitContainer" -c Release -p:PublishProfile=static -o "$root/artifacts/published/init-start" >&2
  program=$root/artifacts/published/init-start/akkavault-init
fi
exec python3 - "$program" "${2:-20}" <<'PYTHON'
import os, socket, ssl, statistics, subprocess, sys, tempfile, time

program, runs = sys.argv[1], int(sys.argv[2])
tls = ssl.create_default_context()
tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
times, memory = [], []
with tempfile.TemporaryDirectory() as folder:
    environment = {**os.environ, "VAULT_ROLE_ID": "r", "CREDENTIALS_PATH": folder, "LISTEN_ADDRESS": "127.9.9.9", "LOG_LEVEL": "error"}
    for _ in range(runs + 1):
        start = time.perf_counter()
        process = subprocess.Popen([program], env=environment)
        try:
            while True:
                try:
                    with socket.create_connection(("127.9.9.9", 50000), timeout=5) as plain, tls.wrap_socket(plain):
                        times.append((time.perf_counter() - start) * 1000)
                        break
                except ConnectionRefusedError:
                    if process.poll() is not None or time.perf_counter() - start > 10:
                        sys.exit(f"{program} does not listen (exit code {process.returncode})")
                    time.sleep(0.0002)
            with open(f"/proc/{process.pid}/status") as status:
                memory.append(next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024)
        finally:
            process.kill()
            process.wait()
# The first run has to read the executable from disk, so it does not count.
times, memory = times[1:], memory[1:]
print(f"exec to first TLS handshake: median {statistics.median(times):.1f} ms, min {min(times):.1f}, max {max(times):.1f}; "
      f"RSS median {statistics.median(memory):.1f} MiB; {len(times)} runs")
PYTHON
