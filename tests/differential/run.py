#!/usr/bin/env python3
"""The evaluator against a real shell: random scripts, run in a jail and by the evaluator; no word may differ.

usage: run.py [--seed S] [--n N] [--kind KIND] [--dialect bash|sh] [--build DIR]   (KIND list: the kinds that there are)

N counts compared commands. A constant of ours that is not what the shell made is a failure: it is shrunk and printed with both
answers. Words that we call dynamic are counted, by construct with --shares."""

import argparse
import collections
import multiprocessing
import os
import shutil
import sys
import time

import evaluator
import jail
import shrink
import words

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BATCH = 600
SKIPPED = 77


def kinds_of(kind):
    if kind == "each":
        return [k for k in words.KINDS if k != "words"]
    return kind.split(",")


class Rig:
    def __init__(self, options):
        self.options = options
        self.program = os.path.join(options.build, "tests", "differential", "unfold_argv")
        shell = {"bash": "bash", "sh": "dash", "zsh": "zsh"}[options.dialect]
        names = [name for name in jail.NAMES if name not in jail.FILTERS]
        self.jail = jail.Jail(shell=shell, names=names, filters=jail.FILTERS)
        self.names = {name.encode() for name in names}

    def __enter__(self):
        self.jail.__enter__()
        return self

    def __exit__(self, *_):
        self.jail.__exit__()

    def both(self, scripts):
        return (evaluator.ask(self.program, scripts, self.options.dialect), self.jail.run(scripts))

    def faults(self, scripts):
        answers, outcomes = self.both(scripts)
        return [evaluator.judge(a, o, self.names, b"for " in s) for s, a, o in zip(scripts, answers, outcomes)]

    def small(self, script, fault):
        kind = fault.split()[0]
        return shrink.shrink(script, lambda tries: [f is not None and f.split()[0] == kind for f in self.faults(tries)])


def count_words(tally, answer, outcome, names):
    commands = evaluator.stub_commands(answer, names)
    for ours, actual in zip(commands, outcome.argv):
        tally["words"] += len(actual)
        tally["known"] += min(len(actual), sum(1 for w in ours["argv"] if evaluator.constant(w)))
        tally["open"] += all(evaluator.constant(w) for w in ours["argv"]) is False


def batch(task):
    options, kind, index, n = task
    tally, failures = collections.Counter(), []
    with Rig(options) as rig:
        scripts = [words.script(options.seed, index + i, kind, options.dialect) for i in range(n)]
        answers, outcomes = rig.both(scripts)
        for script, answer, outcome in zip(scripts, answers, outcomes):
            tally["scripts"] += 1
            tally["lost"] += outcome.lost
            tally["refused"] += bool(outcome.error) and not outcome.argv
            tally["commands"] += len(outcome.argv)
            count_words(tally, answer, outcome, rig.names)
            fault = evaluator.judge(answer, outcome, rig.names, b"for " in script)
            if fault:
                tally["failures"] += 1
                if len(failures) < options.show:
                    failures.append((kind, rig.small(script, fault), fault))
        tally["turned back"] += rig.jail.turned_back
    return kind, tally, failures


def show(rig, kind, script):
    answers, outcomes = rig.both([script])
    print("FAIL (%s)" % kind)
    print("    " + script.decode("utf-8", "backslashreplace").replace("\n", "\n    "))
    for argv in outcomes[0].argv:
        print("  shell: " + " ".join(repr(a)[1:] for a in argv))
    for c in evaluator.stub_commands(answers[0], rig.names):
        print("  ours:  " + " ".join(evaluator.shown(w) for w in c["argv"]) + (" maybe" if "maybe" in c["flags"] else ""))
    if outcomes[0].error:
        print("  error: " + outcomes[0].error.decode("utf-8", "replace").strip())
    print("  coverage %s %s" % (answers[0]["coverage"], answers[0]["unknown"]), flush=True)


def tasks(options):
    """Batches without end: kinds in turn."""
    index = 0
    while True:
        for kind in kinds_of(options.kind):
            yield (options, kind, index, options.batch)
        index += options.batch


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", default="1")
    parser.add_argument("--n", type=int, default=10000, help="commands to compare")
    parser.add_argument("--kind", default="words", help="a kind, several with commas, `each`, or `list`")
    parser.add_argument("--dialect", default="bash", choices=["bash", "sh", "zsh"])
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "release"))
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--show", type=int, default=3, help="failures that are shrunk and shown for each batch")
    parser.add_argument("--batch", type=int, default=BATCH)
    parser.add_argument("--shares", action="store_true", help="print the share of known words by kind")
    options = parser.parse_args()
    if options.kind == "list":
        print("\n".join(words.KINDS))
        return 0
    shell = {"bash": "bash", "sh": "dash", "zsh": "zsh"}[options.dialect]
    if not shutil.which(shell):
        print("skipped: %s is not installed" % shell)
        return SKIPPED
    total, by_kind, seen, start = collections.Counter(), collections.defaultdict(collections.Counter), set(), time.time()
    pool = multiprocessing.Pool(options.jobs)
    with Rig(options) as rig:
        endless = tasks(options)
        while total["commands"] < options.n:
            round_ = [next(endless) for _ in range(max(options.jobs, len(kinds_of(options.kind))))]
            before = total["commands"]
            for kind, tally, failures in pool.imap_unordered(batch, round_):
                total.update(tally)
                by_kind[kind].update(tally)
                for kind, script, _ in failures:
                    if script not in seen:
                        seen.add(script)
                        show(rig, kind, script)
            if total["commands"] == before:
                break
    pool.terminate()
    for kind in sorted(by_kind) if options.shares else []:
        t = by_kind[kind]
        print("%-16s %7d words, known %5.1f %%" % (kind, t["words"], 100 * t["known"] / max(1, t["words"])))
    print("%d commands in %d scripts (%d lost, %d refused by the shell, %d turned back), %.1f %% of %d words known, %d differ; %.0f s"
          % (total["commands"], total["scripts"], total["lost"], total["refused"], total["turned back"],
             100 * total["known"] / max(1, total["words"]), total["words"], total["failures"], time.time() - start))
    return 1 if total["failures"] else 0


if __name__ == "__main__":
    sys.exit(main())
