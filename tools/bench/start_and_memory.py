#!/usr/bin/env python3
"""Cold start beside /bin/true, two threads beside one, and peak memory of a scan of 40 MB and of 400 MB."""
import glob
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

BIN = os.environ.get("TRAJSAFE_BIN", "build/release/trajsafe")
DATA = os.environ.get("TRAJSAFE_DATA", "../shared/data")
ROUNDS = 200


def start_time(argv):
    begin = time.perf_counter()
    subprocess.run(argv, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begin


def cold_start():
    check, true = [BIN, "check", "ls -la"], ["/bin/true"]
    pairs = [(start_time(true), start_time(check)) for _ in range(ROUNDS)]
    base, ours = (statistics.median(times) * 1e3 for times in zip(*pairs))
    print(f"cold start, median of {ROUNDS} in turn: check 'ls -la' {ours:.2f} ms, /bin/true {base:.2f} ms, ratio {ours / base:.2f}")


def child(argv):
    """Seconds and peak memory (MB) of one child."""
    begin = time.perf_counter()
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 3):
        sys.exit(f"{argv[0]} ended with {status}")
    return time.perf_counter() - begin, usage.ru_maxrss / 1024


def threads():
    files = sorted(glob.glob(os.path.join(DATA, "trajectories/claude-code/*.jsonl"))) * 4
    if not files:
        print("threads: skipped, no sessions")
        return
    best = {1: 1e9, 2: 1e9}
    for _ in range(5):
        for jobs in best:
            best[jobs] = min(best[jobs], child([BIN, "scan", "--jsonl", f"-j{jobs}", *files])[0])
    print(f"threads: -j1 {best[1]:.2f} s, -j2 {best[2]:.2f} s, speed-up {best[1] / best[2]:.2f} (whole program, {len(files)} files)")


def record(number):
    call = {"id": f"c{number}", "type": "function", "function": {"name": "bash", "arguments": json.dumps({"command": f"ls -la src/{number}"})}}
    return {
        "id": number,
        "messages": [
            {"role": "user", "content": "list the folder"},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": f"c{number}", "content": "total 4\n" * 200},
        ],
    }


def memory():
    with tempfile.TemporaryDirectory() as folder:
        for megabytes in (40, 400):
            path = os.path.join(folder, f"{megabytes}.jsonl")
            size = number = 0
            with open(path, "w", encoding="ascii") as out:
                while size < megabytes * 1000000:
                    size += out.write(json.dumps(record(number)) + "\n")
                    number += 1
            for jobs in (1, 2):
                seconds, peak = child([BIN, "scan", "--jsonl", f"-j{jobs}", path])
                print(f"memory: scan -j{jobs} of {megabytes} MB ({number} records): peak {peak:.1f} MB, {size / 1e6 / seconds:.0f} MB/s")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    cold_start()
    threads()
    memory()
