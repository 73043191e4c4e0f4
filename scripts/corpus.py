#!/usr/bin/env python3
"""Measures the program on labelled commands: which share of each set is flagged (ask or deny) and denied.

Reads DATA/commands/{risky,benign,benign_script,dual_use,neutral,agent}.jsonl, judges every Bash and sh row with
`trajsafe check --jsonl`, and prints one row per set. Recall is macro-averaged over set x technique; plain reconnaissance
stands apart. Misses and false alarms are listed in OUT, one file per set. Commands are text here: none is ever run.
"""
import argparse
import collections
import json
import os
import re
import subprocess
import sys

FILES = ["risky", "benign", "benign_script", "dual_use", "neutral", "agent"]
SHELLS = {"bash", "sh", "zsh"}


def rows_of(path):
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield json.loads(line)
            except ValueError as error:
                print(f"corpus: {path}:{number}: {error}", file=sys.stderr)


def judge(binary, profile, rows):
    """Verdicts in the order of rows."""
    text = "".join(
        json.dumps({"id": i, "command": row["command"], "shell": row["lang"]}) + "\n" for i, row in enumerate(rows)
    )
    done = subprocess.run(
        [binary, "check", "--jsonl", "--profile", profile], input=text.encode(), stdout=subprocess.PIPE, check=False
    )
    if done.returncode not in (0, 3):
        sys.exit(f"corpus: {binary} check ended with {done.returncode}")
    verdicts = [json.loads(line) for line in done.stdout.splitlines()]
    if len(verdicts) != len(rows):
        sys.exit(f"corpus: {len(rows)} commands gave {len(verdicts)} verdicts")
    return verdicts


def is_recon(row):
    flags = row.get("flags") or {}
    return bool(flags.get("discovery_only") or flags.get("recon"))


class Tally:
    def __init__(self):
        self.n = self.flagged = self.denied = self.unknown = 0

    def add(self, verdict):
        self.n += 1
        self.flagged += verdict["decision"] != "allow"
        self.denied += verdict["decision"] == "deny"
        self.unknown += not verdict["understood"]

    def share(self, what):
        return 100.0 * getattr(self, what) / self.n if self.n else 0.0


def file_name(name):
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name)


def write_list(folder, kind, name, entries):
    if not entries:
        return
    with open(os.path.join(folder, f"{kind}-{file_name(name)}.jsonl"), "w", encoding="utf-8") as out:
        for row, verdict in entries:
            entry = {key: row.get(key) for key in ("set", "id", "quality", "technique", "title", "command")}
            entry["decision"] = verdict["decision"]
            entry["rules"] = [f"{f['rule']} {f['severity']} {f['confidence']}" for f in verdict["findings"]]
            entry["unknown"] = [u["reason"] for u in verdict["unknown"]]
            out.write(json.dumps(entry, ensure_ascii=False) + "\n")


def print_table(title, tallies):
    print(f"\n{title}\n  {'set':44} {'n':>6} {'flagged':>9} {'denied':>9} {'not understood':>15}")
    for name, tally in sorted(tallies.items()):
        print(
            f"  {name:44} {tally.n:6} {tally.share('flagged'):8.2f}% {tally.share('denied'):8.2f}%"
            f" {tally.share('unknown'):14.2f}%"
        )


def measure(name, rows, verdicts, folder):
    risky = name == "risky"
    sets, recon = collections.defaultdict(Tally), collections.defaultdict(Tally)
    cells = collections.defaultdict(Tally)
    listed = collections.defaultdict(list)
    for row, verdict in zip(rows, verdicts):
        label = f"{row['set']} {row['quality']}"
        if is_recon(row):
            recon[label].add(verdict)
            continue
        sets[label].add(verdict)
        cells[row["set"], row["quality"], row.get("technique")].add(verdict)
        if (verdict["decision"] == "allow") == risky:
            listed[label].append((row, verdict))
    print_table(f"{name}.jsonl", sets)
    for label, entries in listed.items():
        if name != "neutral":
            write_list(folder, "misses" if risky else "alarms", label, entries)
    if risky:
        by_set = collections.defaultdict(list)
        for (set_name, quality, _), tally in cells.items():
            by_set[f"{set_name} {quality}"].append(tally.share("flagged"))
        print("\n  recall, macro-averaged over techniques")
        for label, shares in sorted(by_set.items()):
            print(f"  {label:44} {len(shares):6} techniques {sum(shares) / len(shares):8.2f}%")
        shares = [share for group in by_set.values() for share in group]
        print(f"  {'all sets x techniques':44} {len(shares):6} cells      {sum(shares) / len(shares):8.2f}%")
    if recon:
        print_table(f"{name}.jsonl, plain reconnaissance (apart)", recon)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default="build/release/trajsafe", help="the program to measure")
    parser.add_argument("--data", default="../shared/data", help="folder that holds commands/")
    parser.add_argument("--profile", default="balanced")
    parser.add_argument("--out", default="build/corpus", help="folder for misses and false alarms")
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    for name in FILES:
        path = os.path.join(args.data, "commands", f"{name}.jsonl")
        if not os.path.exists(path):
            print(f"corpus: skipped {path}: it is not there")
            continue
        rows = [row for row in rows_of(path) if row.get("lang") in SHELLS]
        measure(name, rows, judge(args.bin, args.profile, rows), args.out)
    print(f"\nmisses and false alarms, one file per set: {args.out}/")


if __name__ == "__main__":
    main()
