"""What a command does stays what it does, however it is written; and naming it does nothing.

Every plain command that a rule says it must fire on is put in every position, behind every wrapper and through every
encoding of invariance_forms.py: the decision is never lower than for the command alone, unless the program says that it
did not understand and asks. Mentions of the same commands are allowed. What is out of reach stands in KNOWN, with its reason.

`python3 tests/cli/test_invariance.py [WORDS]` prints survival per form and the first losses of the forms named.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from functools import lru_cache
from pathlib import Path

import invariance_forms as forms
import pytest
from program import BIN, ROOT, needed, run

RULES = os.environ.get("TRAJSAFE_RULES", str(ROOT / "rules"))
RANK = {"allow": 0, "ask": 1, "deny": 2}
FAMILIES = {"position": forms.POSITIONS, "company": forms.COMPANY, "wrapper": forms.WRAPPERS, "encoding": forms.ENCODINGS,
            "twin": forms.TWINS}

ELSEWHERE = {"docker exec", "kubectl exec", "docker exec sh", "kubectl sh", "docker run", "ssh", "heredoc to ssh"}
ANY = None

# (forms, pattern of the command, why): judged more mildly on purpose, or out of reach.
KNOWN = [
    (ELSEWHERE, "", "rules about this machine name its place: another's own files and accounts are another matter"),
    ({"make eval"}, "", "Makefiles are not read yet: make is opaque, and says so"),
    ({"after ||"}, "^cd / && ", "false || cd / && rm: the folder may be / or not, so the object is not certain"),
    ({"while read"}, r"^(find|sudo env|awk|.*exec).*sh\b|/bash$|sh( -p)?$",
     "a shell that reads a file is no shell for whoever types here"),
    (ANY, "^(nc|ncat) -l", "a listener whose input or output is a pipe is how files are moved"),
    (ANY, "^(cat /dev/zero|yes|dd if=/dev/zero).* ?(>|of=)",
     "what is piped or wrapped is written by the shell around: the write is not the named program's"),
    (ANY, "^(oddtool --hook|dhclient -sf) /bin/sh", "that rule leaves launchers out, and what they launch with them"),
    ({"grep", "comment removed", "jq"}, "", "what these print of a known text is not evaluated: the text that runs is dynamic, and says so"),
    ({"loop of letters", "read -a", "nameref"}, "", "not followed yet"),
    ({"file by perl"}, "", "what a Perl program prints is not known: the text that runs is dynamic, and says so"),
    ({"python characters"}, "", "lists of more than 64 numbers are not folded: the text that runs is dynamic, and says so"),
    ({"trap err", "trap debug"}, "^for h in ", "what such a trap runs may run at any time: its variables are not known there"),
    ({"parallel lines"}, "\n", "a command of several lines is several command lines there, each broken"),
    ({"name by which"}, "^wevtutil", "a name that is some folder's wevtutil has no row for its subcommand"),
]
# Mentions that are asked about all the same.
SPOKEN = [
    ({"help"}, "/", "what a file of its own does with --help is not known"),
]


def examples():
    """The commands that rules must fire on, from the dump of the compiled rules."""
    maker = Path(BIN).parent / "trajsafe-mkimage"
    if not maker.exists():
        pytest.skip(f"no {maker}: build it to read the rules")
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder, "dump.txt")
        subprocess.run([maker, RULES, Path(folder, "image"), "--dump", dump], check=True)
        text = dump.read_text()
    found = {}
    for written in re.findall(r'^ *hit +(".*")$', text, re.M):
        command = json.loads(written)
        if not command.startswith('{"'):
            found[command] = None
    return list(found)


def verdicts(commands):
    lines = "".join(json.dumps({"command": c}) + "\n" for c in commands)
    done = run("check", "--jsonl", "--evidence", "none", stdin=lines, timeout=120)
    answers = [json.loads(line) for line in done.out.splitlines()]
    assert len(answers) == len(commands)
    return answers


def rank(answer):
    return RANK[answer["decision"]]


@lru_cache(maxsize=None)
def bare():
    """Commands that are asked about or refused as they stand, with the rank of the decision."""
    needed()
    commands = examples()
    return {c: rank(a) for c, a in zip(commands, verdicts(commands)) if rank(a) > 0 and a["understood"]}


def variants(family):
    return [(name, c, text) for name, form in family.items() for c in bare() if (text := form(c)) is not None]


def known(name, command, table=tuple(KNOWN)):
    return any((forms_ is ANY or name in forms_) and re.search(pattern, command) for forms_, pattern, _ in table)


def losses(family, skip=True):
    """Per form: how many were tried, and those that were judged more mildly than the command alone."""
    tried = variants(family)
    count, lost = defaultdict(int), defaultdict(list)
    for (name, command, text), answer in zip(tried, verdicts([t for _, _, t in tried])):
        count[name] += 1
        asks = not answer["understood"] and rank(answer) >= RANK["ask"]
        if rank(answer) < bare()[command] and not asks and not (skip and known(name, command)):
            lost[name].append((command, text, answer))
    return count, lost


def fired(family, skip=True):
    """Per form of mentioning: how many were tried, and those that were not allowed."""
    tried = variants(family)
    count, loud = defaultdict(int), defaultdict(list)
    for (name, command, text), answer in zip(tried, verdicts([t for _, _, t in tried])):
        count[name] += 1
        if rank(answer) > 0 and not (skip and known(name, command, SPOKEN)):
            loud[name].append((command, text, answer))
    return count, loud


def told(bad):
    return [f"{name}: {command!r} as {text!r}: {answer['decision']} {[f['rule'] for f in answer['findings']]}"
            for name, cases in bad.items() for command, text, answer in cases]


def test_there_is_enough_to_try():
    assert len(bare()) > 400


@pytest.mark.parametrize("family", FAMILIES)
def test_a_form_lowers_no_decision(family):
    count, lost = losses(FAMILIES[family])
    assert set(count) == set(FAMILIES[family]), "a form that no command fits"
    missing = told(lost)
    assert not missing, f"{len(missing)} of {sum(count.values())} judged more mildly:\n" + "\n".join(missing[:40])


def test_elsewhere_only_the_place_makes_it_milder():
    """At least nine of ten commands are judged there as here."""
    family = {name: form for forms_ in FAMILIES.values() for name, form in forms_.items() if name in ELSEWHERE}
    count, lost = losses(family, skip=False)
    assert all(len(lost[name]) * 10 < count[name] for name in family), {name: len(lost[name]) for name in family}


def test_a_mention_is_allowed():
    count, loud = fired(forms.MENTIONS)
    wrong = told(loud)
    assert not wrong, f"{len(wrong)} of {sum(count.values())} mentions fire:\n" + "\n".join(wrong[:40])


def show(argv):
    names = argv or []
    for title, family in {**FAMILIES, "mention": forms.MENTIONS}.items():
        count, bad = (fired if title == "mention" else losses)(family, skip=False)
        total, wrong = sum(count.values()), sum(map(len, bad.values()))
        print(f"{title}: {total - wrong} of {total} ({100 * (total - wrong) / total:.2f} %)")
        for name in family:
            if bad[name]:
                print(f"  {name}: {len(bad[name])} of {count[name]}")
            for command, text, answer in bad[name][:None if name in names else 0 if names else 2]:
                print(f"      {command!r}\n        {text!r}\n        {answer['decision']} {answer['coverage']} "
                      f"{[u['reason'] for u in answer['unknown']]} {[f['rule'] for f in answer['findings']]}")


if __name__ == "__main__":
    show(sys.argv[1:])
