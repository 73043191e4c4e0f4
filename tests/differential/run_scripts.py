#!/usr/bin/env python3
"""Whole random scripts in the jail and by the evaluator: every argv that a stub saw is one that we said might run, or the script
is not called resolved.

usage: run_scripts.py [--seed S] [--n N] [--build DIR] [--jobs J] [--least SHARE]

Prints how many scripts were run, which share is resolved, and which share of what stubs saw we knew word for word. A violation
is shrunk and shown with both answers; so is a script below --least."""

import argparse
import collections
import multiprocessing
import os
import shutil
import sys
import time

import evaluator
import jail
import scripts

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BATCH = 300
SKIPPED = 77
NAMES = {name.encode() for name in scripts.STUBS}


def fault_of(answer, outcome):
    """The first argv that a stub saw and we did not foresee, or None."""
    if outcome.lost or answer["coverage"] != "resolved":
        return None
    ours = [c["argv"] for c in evaluator.stub_commands(answer, NAMES)]
    for actual in outcome.argv:
        if not any(evaluator.same_argv(words, actual) for words in ours):
            return b" ".join(actual).decode("utf-8", "replace")
    return None


def surely(answer, outcome):
    """How many of the commands that ran were known word for word."""
    ours = [c["argv"] for c in evaluator.stub_commands(answer, NAMES) if all(evaluator.constant(w) for w in c["argv"])]
    known = {tuple(evaluator.raw(w["c"]) for w in words) for words in ours}
    return sum(1 for actual in outcome.argv if tuple(actual) in known)


class Rig:
    def __init__(self, options):
        self.patience = options.patience
        self.program = os.path.join(options.build, "tests", "differential", "unfold_argv")
        self.jail = jail.Jail(names=scripts.STUBS, builtins=jail.SCRIPT_BUILTINS + ["exit", "trap"], filters=["cat"],
                              allowed=("trap",), timeout=20)

    def __enter__(self):
        self.jail.__enter__()
        return self

    def __exit__(self, *_):
        self.jail.__exit__()

    def both(self, texts):
        return evaluator.ask(self.program, texts), self.jail.run(texts)

    def fails(self, tries):
        tries = [b"" if b"((;" in t else t for t in tries]  # what only a limit ends costs too much
        answers, outcomes = self.both(tries)
        return [fault_of(a, o) is not None and not o.error for a, o in zip(answers, outcomes)]

    def small(self, text):
        """Without as many stretches of lines as possible, then of words."""
        end = time.time() + self.patience
        for glue in (b"\n", b" "):
            size = len(text.split(glue)) // 2
            while size and time.time() < end:
                parts = text.split(glue)
                tries = [glue.join(parts[:i] + parts[i + size:]) for i in range(len(parts) - size + 1)][:150]
                bad = [t for t, failed in zip(tries, self.fails(tries)) if failed]
                text, size = (bad[0], min(size, len(parts) - size)) if bad else (text, size - 1 if size < 8 else size // 2)
        return text


def batch(task):
    options, first, n = task
    tally, failures = collections.Counter(), []
    with Rig(options) as rig:
        texts = [scripts.script(options.seed, first + i) for i in range(n)]
        answers, outcomes = rig.both(texts)
        for text, answer, outcome in zip(texts, answers, outcomes):
            tally["scripts"] += 1
            tally["lost"] += outcome.lost
            tally[answer["coverage"]] += 1
            for reason in set(answer["unknown"]):
                tally["? " + reason] += 1
            tally["commands"] += len(outcome.argv)
            tally["known"] += surely(answer, outcome)
            tally["ours"] += len(evaluator.stub_commands(answer, NAMES))
            if fault_of(answer, outcome) is not None:
                tally["violations"] += 1
                if len(failures) < options.show:
                    failures.append(rig.small(text))
    return tally, failures


def show(rig, text):
    answers, outcomes = rig.both([text])
    print("VIOLATION\n    " + text.decode("utf-8", "backslashreplace").rstrip().replace("\n", "\n    "))
    for argv in outcomes[0].argv:
        print("  shell: " + " ".join(repr(a)[1:] for a in argv))
    for c in evaluator.stub_commands(answers[0], NAMES):
        print("  ours:  " + " ".join(evaluator.shown(w) for w in c["argv"]))
    if outcomes[0].error:
        print("  error: " + outcomes[0].error.decode("utf-8", "replace").strip())
    print("  coverage %s %s" % (answers[0]["coverage"], answers[0]["unknown"]), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", default="1")
    parser.add_argument("--n", type=int, default=10000, help="scripts to run")
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "release"))
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--show", type=int, default=2, help="violations that are shrunk and shown for each batch")
    parser.add_argument("--patience", type=float, default=10, help="seconds for making one violation small")
    parser.add_argument("--least", type=float, default=0.0, help="fail when fewer per cent are resolved")
    parser.add_argument("--least-known", type=float, default=0.0, help="fail when fewer per cent of the commands are known")
    options = parser.parse_args()
    if not shutil.which("bash"):
        print("skipped: bash is not installed")
        return SKIPPED
    total, seen, start = collections.Counter(), set(), time.time()
    tasks = [(options, at, min(BATCH, options.n - at)) for at in range(0, options.n, BATCH)]
    with multiprocessing.Pool(options.jobs) as pool, Rig(options) as rig:
        for tally, failures in pool.imap_unordered(batch, tasks):
            total.update(tally)
            for text in failures:
                if text not in seen and len(seen) < 20:
                    seen.add(text)
                    show(rig, text)
    resolved = 100 * total["resolved"] / max(1, total["scripts"])
    known = 100 * total["known"] / max(1, total["commands"])
    print("%d scripts (%d lost), %d violations; %.1f %% resolved, %d opaque, %d partial; %d commands ran, %.1f %% known word for word, "
          "%d listed; %.0f s" % (total["scripts"], total["lost"], total["violations"], resolved, total["opaque"], total["partial"],
                                  total["commands"], known, total["ours"], time.time() - start))
    print("; ".join("%s %d" % (k[2:], v) for k, v in sorted(total.items()) if k.startswith("? ")))
    return 1 if total["violations"] or resolved < options.least or known < options.least_known else 0


if __name__ == "__main__":
    sys.exit(main())
