#!/usr/bin/env python3
"""How long an init container needs from exec to its first TLS handshake, and its memory then.

    python3 benchmarks/init-start.py PATH/TO/akkavault-init [RUNS]

Prints the median, the best and the worst of RUNS (20), and the median resident set. The baseline in the same run is an empty
process (/bin/true) started and waited for the same way: what the machine takes for an exec alone.
"""
import os, signal, socket, ssl, statistics, subprocess, sys, tempfile, time

program, runs = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 20
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE


def once(address):
    with tempfile.TemporaryDirectory() as directory:
        env = {"VAULT_ROLE_ID": "r", "LISTEN_ADDRESS": address, "CREDENTIALS_PATH": directory, "LOG_LEVEL": "error", "HOME": "/"}
        start = time.perf_counter()
        process = subprocess.Popen([program], env=env, stderr=subprocess.DEVNULL)
        try:
            while time.perf_counter() - start < 10:
                try:
                    with socket.create_connection((address, 50000), 1) as plain, context.wrap_socket(plain):
                        elapsed = time.perf_counter() - start
                        with open(f"/proc/{process.pid}/status") as status:
                            rss = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
                        return elapsed * 1000, rss / 1024
                except ConnectionRefusedError:
                    continue
            raise SystemExit("not ready within 10 s")
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def baseline():
    start = time.perf_counter()
    subprocess.run(["/bin/true"], check=True)
    return (time.perf_counter() - start) * 1000


measured = [once(f"127.77.{os.getpid() % 250}.{n + 1}") for n in range(runs)]
times, memory = zip(*measured)
exec_ms = statistics.median(baseline() for _ in range(runs))
print(f"exec to TLS: median {statistics.median(times):.1f} ms, best {min(times):.1f}, worst {max(times):.1f}; "
      f"RSS median {statistics.median(memory):.1f} MiB; exec of /bin/true {exec_ms:.1f} ms, ratio {statistics.median(times) / exec_ms:.1f}")
