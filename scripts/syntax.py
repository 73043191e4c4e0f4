#!/usr/bin/env python3
"""Measures the shell reader against bash: which share of commands that bash accepts has a syntax error here.

Reads DATA/commands/{agent,benign_script}.jsonl. `bash -n` only parses and runs nothing; it gets the text on standard
input, without an environment, in an empty folder. Prints one row per set; ends with 1 when a set is over its bound.
An error in text nested in a command (sh -c '...') counts too, although bash -n does not look there.
"""
import argparse
import collections
import json
import os
import subprocess
import sys
import tempfile

BOUNDS = {"swecontextbench-claude-code": 0.05, "mini-swe-agent": 0.5, "scripts": 2.0}
FILES = ["agent", "benign_script"]


def rows_of(data):
    for name in FILES:
        path = os.path.join(data, "commands", f"{name}.jsonl")
        if not os.path.exists(path):
            continue
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if row["lang"] in ("bash", "sh") and "\0" not in row["command"]:
                    yield row


def judge(binary, rows):
    text = "".join(json.dumps({"id": i, "command": r["command"], "shell": "bash"}) + "\n" for i, r in enumerate(rows))
    done = subprocess.run([binary, "check", "--jsonl"], input=text.encode(), stdout=subprocess.PIPE, check=False)
    if done.returncode not in (0, 3):
        sys.exit(f"syntax: {binary} check ended with {done.returncode}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def accepted(command, folder):
    done = subprocess.run(
        ["/bin/bash", "--norc", "-n"], input=command.encode("utf-8", "replace"), cwd=folder, env={}, capture_output=True, check=False
    )
    return done.returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default="build/release/trajsafe", help="the program to measure")
    parser.add_argument("--data", default="../shared/data", help="folder that holds commands/")
    parser.add_argument("--list", action="store_true", help="print the commands that are not understood")
    args = parser.parse_args()
    rows = list(rows_of(args.data))
    if not rows:
        print(f"syntax: skipped, {args.data} is not there")
        return
    valid, errors = collections.Counter(), collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        for row, verdict in zip(rows, judge(args.bin, rows)):
            if not accepted(row["command"], folder):
                continue
            valid[row["set"]] += 1
            found = [u for u in verdict["unknown"] if u["reason"] == "syntax"]
            if found:
                errors[row["set"]] += 1
                if args.list:
                    print(json.dumps({"set": row["set"], "id": row["id"], "spans": [u["span"] for u in found]}))
    failed = False
    print(f"  {'set':44} {'accepted by bash':>17} {'syntax error':>13} {'share':>8} {'bound':>7}")
    for name in sorted(valid):
        share = 100.0 * errors[name] / valid[name]
        bound = next((b for key, b in BOUNDS.items() if key in name), None)
        failed |= bound is not None and share > bound
        shown = "-" if bound is None else f"{bound}%"
        print(f"  {name:44} {valid[name]:17} {errors[name]:13} {share:7.3f}% {shown:>7}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
