"""The same act in every format and encoding: the pointer and the span lead to it."""

import json

import pytest
from program import TUNNEL, run, write_jsonl
from test_redaction import FORMATS, claude_code
from test_scan import resolve

ODD = f"echo 'é\U0001f600 \"q\" \\\\' \t; cat <<'E'\nx~/#\nE\n{TUNNEL}"


def finding_of(path, *options):
    result = run("scan", "--jsonl", "--evidence", "full", *options, str(path))
    assert result.code == 0, result.error
    verdict = result.lines()[0]
    return verdict, next(f for f in verdict["findings"] if "tunnel" in f["rule"])


def holds(record, finding):
    text = resolve(record, finding["pointer"])
    begin, end = finding["span"]
    assert text.encode()[begin:end].decode() == finding["evidence"] == TUNNEL.split()[-1]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("escape", [True, False])
def test_format(form, escape, tmp_path):
    record = FORMATS[form](ODD, "x")
    path = tmp_path / ("x.traj" if form == "swe-agent" else "x.jsonl")
    path.write_text(json.dumps(record, ensure_ascii=escape) + "\n")
    verdict, finding = finding_of(path)
    assert verdict["format"] == form
    holds(record, finding)


def test_claude_code(tmp_path):
    lines = claude_code(ODD, "x")
    path = write_jsonl(tmp_path / "s.jsonl", lines)
    verdict, finding = finding_of(path)
    assert verdict["format"] == "claude-code" and finding["pointer"].startswith("/1/")
    holds(lines, finding)


def test_openai_variants(tmp_path):
    arguments = {"command": ODD, "~x/y": 1}
    shapes = {"string": json.dumps(arguments), "object": arguments, "twice": json.dumps(json.dumps(arguments))}
    for name, value in shapes.items():
        for legacy in (False, True):
            call = {"name": "bash", "arguments": value}
            turn = {"role": "assistant", "content": None}
            turn |= {"function_call": call} if legacy else {"tool_calls": [{"id": "1", "type": "function", "function": call}]}
            record = {"messages": [{"role": "user", "content": "hi"}, turn]}
            path = write_jsonl(tmp_path / "x.jsonl", [record])
            _, finding = finding_of(path)
            assert finding["pointer"].count("#") == {"string": 1, "object": 0, "twice": 2}[name]
            holds(record, finding)


def test_keys_with_slashes(tmp_path):
    record = {"steps": [{"call": {"tool": "mystery", "arguments": {"a/b~c": TUNNEL}}}]}
    path = write_jsonl(tmp_path / "x.jsonl", [record])
    verdict = run("scan", "--jsonl", "--evidence", "full", path).lines()[0]
    for found in verdict["findings"] + verdict["unknown"]:
        resolve(record, found["pointer"])


def test_array_of_records(tmp_path):
    records = [FORMATS["steps"](ODD, "x"), FORMATS["steps"]("ls", "x")]
    path = tmp_path / "x.json"
    path.write_text(json.dumps(records, indent=1))
    result = run("scan", "--jsonl", "--evidence", "full", str(path)).lines()
    assert [v["source"] for v in result] == [f"{path}#0", f"{path}#1"]
    holds(records[0], next(f for f in result[0]["findings"] if "tunnel" in f["rule"]))
