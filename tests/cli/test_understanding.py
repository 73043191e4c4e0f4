"""docs/understanding.md is a test: every example in it is judged, and comes out as the page says.

A block of examples is fenced as `trajsafe`, or as `trajsafe session` when its commands are steps of one run:

    $ x=rm; $x -rf /                            the command; lines that follow with "> " belong to it
    = deny, resolved: controllability.delete.root    decision, coverage and reasons, and the rules that speak, at least these
    + delete /                                  something that `trajsafe explain` says of it (not in sessions)
    - delete ~                                  something that it does not say
"""

import json
import re

import pytest
from program import ROOT, needed, run

PAGE = ROOT / "docs" / "understanding.md"
BLOCK = re.compile(r"^```trajsafe( session)?\n(.*?)^```$", re.M | re.S)


class Example:
    def __init__(self, line, command):
        self.line, self.command, self.want, self.says, self.silent = line, command, None, [], []


def blocks():
    text = PAGE.read_text()
    for number, match in enumerate(BLOCK.finditer(text)):
        first = text.count("\n", 0, match.start()) + 2
        examples = []
        for line, shown in enumerate(match[2].splitlines(), first):
            if shown.startswith("$ "):
                examples.append(Example(line, shown[2:]))
            elif shown.startswith("> "):
                examples[-1].command += "\n" + shown[2:]
            elif shown.startswith("= "):
                examples[-1].want = shown[2:]
            elif shown.startswith("+ "):
                examples[-1].says.append(shown[2:])
            elif shown.startswith("- "):
                examples[-1].silent.append(shown[2:])
            else:
                assert not shown, f"line {line}: {shown}"
        yield number, bool(match[1]), examples


BLOCKS = list(blocks())


def squeezed(text):
    return re.sub(r"\s+", " ", text)


def test_there_are_examples():
    assert sum(len(examples) for _, _, examples in BLOCKS) >= 100
    assert all(example.want for _, _, examples in BLOCKS for example in examples)


@pytest.mark.parametrize("number", [number for number, _, _ in BLOCKS])
def test_examples(number):
    needed()
    _, session, examples = BLOCKS[number]
    lines = [{"id": e.line, "command": e.command} | ({"session": "one"} if session else {}) for e in examples]
    answers = run("check", "--jsonl", stdin="".join(json.dumps(line) + "\n" for line in lines)).lines()
    wrong = []
    for example, answer in zip(examples, answers, strict=True):
        reasons = sorted({unknown["reason"] for unknown in answer["unknown"]})
        rules = [finding["rule"] for finding in answer["findings"]]
        got = f"{answer['decision']}, {' '.join([answer['coverage'], *reasons])}"
        want, _, named = example.want.partition(": ")
        if got != want or not set(named.split()) <= set(rules) or (not named and answer["decision"] != "allow" and rules):
            wrong.append(f"line {example.line}: {example.command}\n  is   {got}: {' '.join(sorted(set(rules)))}")
        if example.says or example.silent:
            said = squeezed(run("explain", example.command).text)
            wrong += [f"line {example.line}: {example.command}\n  does not say: {text}"
                      for text in example.says if squeezed(text) not in said]
            wrong += [f"line {example.line}: {example.command}\n  says: {text}"
                      for text in example.silent if squeezed(text) in said]
    assert not wrong, "\n".join(wrong)
