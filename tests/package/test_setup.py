"""The set-up: exact pins with integrity hashes, no registry address, and nothing to do the second time."""

import json
import os
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def load(name):
    with open(os.path.join(ROOT, "third_party", name), encoding="utf-8") as file:
        return json.load(file)


def test_every_pin_is_exact_and_has_an_integrity_hash():
    pins = load("package.json")["dependencies"]
    locked = load("package-lock.json")["packages"]
    assert locked.pop("")["dependencies"] == pins
    assert {path.removeprefix("node_modules/"): entry["version"] for path, entry in locked.items()} == pins
    for path, entry in locked.items():
        assert entry["integrity"].startswith("sha512-"), path
        assert "resolved" not in entry, path


def test_a_second_setup_only_looks():
    subprocess.run([os.path.join(ROOT, "scripts/setup")], check=True, capture_output=True)
    start = time.monotonic()
    again = subprocess.run([os.path.join(ROOT, "scripts/setup")], check=True, capture_output=True, text=True)
    assert again.stdout == ""
    assert time.monotonic() - start < 5


def test_make_help_lists_the_targets():
    text = subprocess.run(["make", "help"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for target in ("demo", "test", "bench", "pgo", "lint", "fuzz", "corpus", "help"):
        assert f"make {target} " in text
