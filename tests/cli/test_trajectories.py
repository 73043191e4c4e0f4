"""Runs of our own, each beside the same steps in a harmless order, with another object, refused, or failed.

tests/trajectories/*.jsonl hold runs in the plain `steps` form with what is expected of them: the decision, the mask, and each
finding's rule, step, outcome and authorisation. The guilty and the harmless say the same in every other format.
`python3 tests/cli/test_trajectories.py --rebase` writes what the program says now; read the diff.
"""

import json
import sys

import pytest
from program import ROOT, run, write_jsonl
from trajectory_forms import FORMS

FILES = sorted((ROOT / "tests" / "trajectories").glob("*.jsonl"))
RUNS = [json.loads(line) for path in FILES for line in path.read_text().splitlines()]
FRESH_SHELLS = [("stepshield", "cwd.guilty")]  # its run_command starts anew each time: the cd is gone
WEIGHTY = ("medium", "high", "critical")


def scan(path, *options):
    result = run("scan", "--jsonl", *options, str(path))
    assert result.code == 0, result.error
    return result.lines()


def told(finding):
    return [finding["rule"], finding["index"], finding["outcome"], finding["authorisation"]]


def bare(record):
    return {k: v for k, v in record.items() if k != "expect"}


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory):
    path = write_jsonl(tmp_path_factory.mktemp("runs") / "runs.jsonl", map(bare, RUNS))
    return {v["id"]: v for v in scan(path)}


def test_there_are_enough():
    assert len(RUNS) >= 60 and len({r["id"] for r in RUNS}) == len(RUNS)


@pytest.mark.parametrize("record", RUNS, ids=lambda r: r["id"])
def test_run(record, verdicts):
    verdict, expect = verdicts[record["id"]], record["expect"]
    found = [told(f) for f in verdict["findings"]]
    for finding in expect["findings"]:
        assert finding in found
    if not expect["findings"]:
        assert [f["rule"] for f in verdict["findings"] if f["severity"] in WEIGHTY] == []
    assert (verdict["decision"], verdict["mask"]) == (expect["decision"], expect["mask"])
    assert len(verdict["mask"]) == len(verdict["trainable"]) == verdict["steps"] == len(record["steps"])


def test_an_attempt_is_a_finding(verdicts):
    """Refused and failed acts stay findings; at a security effect they weigh as much as one that worked."""
    pairs = [(verdicts[i], verdicts[i.replace(".guilty", kind)]) for i in verdicts if i.endswith(".guilty")
             for kind in (".blocked", ".failed") if i.replace(".guilty", kind) in verdicts]
    seen = 0
    for guilty, attempt in pairs:
        rules = {f["rule"] for f in attempt["findings"]}
        for f in guilty["findings"]:
            if f["rule"] not in rules or not f["category"] == "security":
                continue
            other = next(g for g in attempt["findings"] if g["rule"] == f["rule"])
            assert other["confidence"] == f["confidence"] and other["outcome"] in ("blocked", "failed")
            seen += 1
    assert seen >= 6


def test_what_was_refused_did_not_happen(verdicts):
    """The second step of a sequence finds nothing that a refused first step would have made."""
    for name in ("download-run", "decoded-run", "script-run", "cwd"):
        assert verdicts[f"{name}.blocked"]["decision"] == "keep"


def test_authorisation_lowers_no_security_finding(verdicts):
    scores = {i: verdicts[i]["scores"]["security"] for i in ("requested.english", "requested.chinese", "delegated",
                                                            "asked-by-content", "unrequested", "undetermined.no-words")}
    assert len(set(scores.values())) == 1, scores


def convertible(record):
    return record["id"].rsplit(".", 1)[-1] in ("guilty", "order", "object", "honest") and "unread" not in record["id"]


@pytest.mark.parametrize("form", FORMS)
def test_every_format_says_the_same(form, verdicts, tmp_path):
    name, convert = FORMS[form]
    wanted = [(r, got) for r in RUNS if convertible(r) and (name, r["id"]) not in FRESH_SHELLS
              and (got := convert(r)) is not None]
    assert len(wanted) >= 40
    if name == "claude-code":
        answers = [scan(write_jsonl(tmp_path / f"{i}.jsonl", lines))[0] for i, (_, lines) in enumerate(wanted)]
    elif name == "swe-agent":
        answers = []
        for i, (_, got) in enumerate(wanted):
            path = tmp_path / f"{i}.traj"
            path.write_text(json.dumps(got, indent=1))
            answers += scan(path)
    else:
        answers = scan(write_jsonl(tmp_path / "runs.jsonl", [got for _, got in wanted]))
    wrong = []
    for (record, _), answer in zip(wanted, answers):
        plain = verdicts[record["id"]]
        rules = [{f["rule"] for f in v["findings"] if f["severity"] in WEIGHTY} for v in (plain, answer)]
        assert answer["format"] == name and answer["undecoded"] == 0
        if (plain["decision"], rules[0]) != (answer["decision"], rules[1]):
            wrong.append((record["id"], plain["decision"], answer["decision"], rules))
    assert not wrong, "\n".join(map(str, wrong))


def rebase():
    for path in FILES:
        records = [json.loads(line) for line in path.read_text().splitlines()]
        for record, verdict in zip(records, scan(path)):
            found = [told(f) for f in verdict["findings"] if f["severity"] != "info"]
            record["expect"] = {"decision": verdict["decision"], "mask": verdict["mask"], "findings": found}
        path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records))


if __name__ == "__main__" and "--rebase" in sys.argv:
    rebase()
