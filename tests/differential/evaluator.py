"""Asks the evaluator (build/*/tests/unfold_argv) which commands scripts run, and judges an answer against what bash did."""

import json
import re
import subprocess


def ask(program, scripts, dialect="bash", home="/home/me", cwd="/w"):
    """One understanding (see unfold_argv.c) for each script."""
    if not scripts:
        return []
    done = subprocess.run([program, "--dialect", dialect, "--home", home, "--cwd", cwd], input=b"\0".join(scripts) + b"\0",
                          stdout=subprocess.PIPE, check=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if len(answers) != len(scripts):
        raise RuntimeError("%d answers to %d scripts" % (len(answers), len(scripts)))
    return answers


def raw(text):
    return text.encode("latin-1")


def constant(word):
    return "c" in word


def fits(word, actual):
    """What bash made of one word is what the evaluator said of it."""
    if "c" in word:
        c = raw(word["c"])
        if c == actual:
            return True
        # A tilde stays in the text of a word: paths are resolved behind it.
        return b"~" in c and re.fullmatch(re.escape(c).replace(rb"\~", rb"(?:\~|/home/me)"), actual, re.S) is not None
    if word.get("open"):
        return True
    if "set" in word:
        return any(fits({"c": one}, actual) for one in word["set"])
    if "list" in word or "some" in word:
        return True
    prefix, suffix = raw(word["p"]), raw(word["s"])
    if b"~" in prefix:
        prefix = b""
    if b"~" in suffix:
        suffix = b""
    return actual.startswith(prefix) and actual.endswith(suffix) and len(actual) >= len(prefix) + len(suffix)


def several(word, actual):
    """The same for a word that bash may have split into any number."""
    if word.get("open") or "list" in word or "some" in word:
        return True
    if "set" in word: # pieces, or texts that are split
        return all(fits(word, one) for one in actual) or any(raw(one).split() == actual for one in word["set"])
    if not actual:
        return not raw(word["p"]).strip() and not raw(word["s"]).strip() if "p" in word else True
    if "p" not in word:
        return all(fits(word, one) for one in actual)
    prefix, suffix = raw(word["p"]), raw(word["s"])
    return ((b"~" in prefix or actual[0].startswith(prefix)) and (b"~" in suffix or actual[-1].endswith(suffix)))


def same_argv(words, actual):
    """The evaluator's words cover bash's: constants are equal, the rest contains what bash has."""
    if [raw(w["c"]) if "c" in w else None for w in words] == actual:
        return True
    reach = {0}  # how many of bash's words the evaluator's first k words may stand for
    for word in words:
        after = set()
        for at in reach:
            if at < len(actual) and fits(word, actual[at]):
                after.add(at + 1)
            if word.get("split"):
                after.update(end for end in range(at, len(actual) + 1) if several(word, actual[at:end]))
        reach = after
    return len(actual) in reach


# What the shell gave up on: the evaluator says what a script does when it does not fail.
ERRORS = re.compile(rb"bad substitution|bad array subscript|invalid|missing|not a valid identifier|division by 0|syntax error|"
                    rb"unbound variable|error token|substring expression|ambiguous|unrecognized|extra operand|must be|readonly|"
                    rb"cannot open|No such file|too many|expected|not allowed|Usage|cannot assign|not in gzip|unexpected|error|expecting|[Bb]ad substitution|denied")


def stub_commands(answer, names):
    """The commands that a stub would see: programs, not builtins or assignments."""
    commands = []
    for c in answer["commands"]:
        first = c["argv"][0] if c["argv"] else None
        if first is None or "redirect_only" in c["flags"] or "guessed" in c["flags"]:
            continue
        if not constant(first) or raw(first["c"]) in names:
            commands.append(c)
    return commands


def judge(answer, outcome, names, loops=False):
    """None when they agree; else a sentence. Exact order is asked for: simple commands, one after the other."""
    if outcome.lost or ERRORS.search(outcome.error):
        return None
    commands = stub_commands(answer, names)
    ours = [c["argv"] for c in commands]
    skips = [loops or outcome.error or not constant(words[0]) or "maybe" in c["flags"] for words, c in zip(ours, commands)]
    surely = not any("maybe" in c["flags"] for c in commands)
    # A command in a loop stands for as many as there were rounds: each of ours is for one or more, in order.
    reach, furthest = {0}, 0
    for k, actual in enumerate(outcome.argv):
        after = set()
        for at in reach:
            if at < len(ours) and same_argv(ours[at], actual):
                after.add(at + 1)
            # What may not run, or may be no program at all, is passed over.
            for b in range(at, len(ours)):
                if not skips[b]:
                    break
                if b + 1 < len(ours) and same_argv(ours[b + 1], actual):
                    after.add(b + 2)
            if at and (loops or varies(ours[at - 1])) and same_argv(ours[at - 1], actual):
                after.add(at)
        if not after:
            if max(reach) >= len(ours) and answer["unknown"]:
                return None
            return "command %d differs" % (k + 1)
        reach = after
    if surely and not loops and not any(skips[i] for i in range(len(ours))) and len(ours) not in reach and not outcome.error and not answer["unknown"]:
        return "extra: we have %d commands, bash ran %d" % (len(ours), len(outcome.argv))
    return None


def varies(words):
    """A command in a loop: some word is one of several."""
    return any("c" not in word for word in words)


def shown(word):
    if "c" in word:
        return repr(raw(word["c"]))[1:]
    if "set" in word:
        return "{" + ", ".join(repr(raw(one))[1:] for one in word["set"]) + "}"
    if "p" in word:
        return repr(raw(word["p"]))[1:] + "~" + repr(raw(word["s"]))[1:] + ("*" if word.get("split") else "")
    return "[…]"
