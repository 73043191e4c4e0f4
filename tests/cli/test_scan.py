"""scan, word by word as the contract says."""

import gzip
import json
import os
import signal
import subprocess

import pytest
from program import EXAMPLES, TUNNEL, on_terminal, run, start, steps_record, write_jsonl

KEYS = ["schema", "id", "source", "record", "sha256", "format", "decision", "scores", "coverage", "steps", "actions",
        "undecoded", "mask", "trainable", "exposed", "unknown", "findings", "engine"]
FINDING = ["rule", "category", "leaf", "severity", "confidence", "index", "step", "call", "pointer", "span", "layers",
           "evidence", "effects", "authorisation", "outcome", "attack", "why", "suggest"]
GOOD, BAD = steps_record("ls", id="good"), steps_record("ls", TUNNEL, id="bad")


def test_keys_and_order(tmp_path):
    path = write_jsonl(tmp_path / "x.jsonl", [GOOD, BAD])
    result = run("scan", "--jsonl", path)
    good, bad = result.lines()
    assert result.code == 0 and not result.err
    for verdict, line in ((good, 1), (bad, 2)):
        assert list(verdict) == KEYS and verdict["schema"] == "trajsafe.verdict/1"
        assert verdict["source"] == f"{path}:{line}" and verdict["record"] == line - 1
        assert list(verdict["scores"]) == ["overall", "security", "controllability", "trustworthiness"]
        assert len(verdict["mask"]) == len(verdict["trainable"]) == verdict["steps"]
        assert verdict["exposed"] == []
        assert sum(verdict["coverage"].values()) == verdict["actions"]
    assert (good["id"], good["decision"], bad["id"], bad["decision"]) == ("good", "keep", "bad", "drop")
    finding = bad["findings"][0]
    assert [k for k in finding if k != "note"] == FINDING
    assert bad["mask"][finding["index"]] == 0 and good["mask"] == [1] * good["steps"]


def test_sha256_is_of_the_records_bytes(tmp_path):
    import hashlib
    path = write_jsonl(tmp_path / "x.jsonl", [GOOD, BAD])
    for verdict, line in zip(run("scan", "--jsonl", path).lines(), open(path, "rb").read().splitlines()):
        assert verdict["sha256"] == hashlib.sha256(line).hexdigest()


def many(tmp_path, n=200):
    records = [steps_record("ls", *([TUNNEL] if i % 3 == 0 else []), *["echo x"] * (i % 17), id=i) for i in range(n)]
    return write_jsonl(tmp_path / "many.jsonl", records)


def test_threads_change_nothing(tmp_path):
    path = many(tmp_path)
    files = [path, *sorted(str(p) for p in EXAMPLES.iterdir()), path]
    one = run("scan", "--jsonl", "-j1", *files)
    assert one.code == 0
    for j in ("2", "4", "9"):
        assert run("scan", "--jsonl", "-j", j, *files).out == one.out
        assert run("scan", "-j" + j, *files).out == run("scan", "--jobs=1", *files).out
    ids = [v["id"] for v in one.lines() if v["source"].startswith(path)]
    assert ids == [*range(200), *range(200)] or ids == [str(i) for i in [*range(200), *range(200)]]


def test_compressed_and_standard_input(tmp_path):
    path = many(tmp_path, 20)
    data = open(path, "rb").read()
    plain = [(v["id"], v["sha256"], v["decision"]) for v in run("scan", "--jsonl", path).lines()]
    packed = tmp_path / "x.jsonl.gz"
    packed.write_bytes(gzip.compress(data[:1000]) + gzip.compress(data[1000:]))  # two members are one stream
    files = {"gz": [str(packed)]}
    if subprocess.run(["sh", "-c", "command -v zstd"], capture_output=True).returncode == 0:
        subprocess.run(["zstd", "-q", path, "-o", str(tmp_path / "x.zst")], check=True)
        files["zst"] = [str(tmp_path / "x.zst")]
    for name, arguments in files.items():
        assert [(v["id"], v["sha256"], v["decision"]) for v in run("scan", "--jsonl", *arguments).lines()] == plain, name
    piped = run("scan", "--jsonl", "-", stdin=data).lines()
    assert [(v["id"], v["sha256"], v["decision"]) for v in piped] == plain and piped[3]["source"] == "stdin:4"
    assert len(run("scan", "--jsonl", "-", stdin=gzip.compress(data)).lines()) == 20


@pytest.mark.parametrize("j", ["1", "4"])
def test_a_broken_record_in_the_middle(tmp_path, j):
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps(GOOD) + "\n" + json.dumps(BAD)[:30] + "\n\n" + json.dumps(BAD) + "\n")
    result = run("scan", "--jsonl", "-j", j, str(path))
    good, broken, bad = result.lines()
    assert result.code == 3 and f"{path}:2" in result.error and "1 records" in result.error
    assert (good["decision"], bad["decision"], bad["source"]) == ("keep", "drop", f"{path}:4")
    assert broken["error"]["code"].startswith("TJ-") and broken["source"] == f"{path}:2" and broken["decision"] == "review"
    assert list(broken)[:4] == ["schema", "id", "source", "record"] and broken["findings"] == []
    summary = run("scan", "-j", j, str(path))
    assert summary.code == 3 and "not read: 1" in summary.text and f"{path}:2" in summary.text
    assert "2 trajectories" in summary.text


def test_records_that_are_too_long(tmp_path):
    path = tmp_path / "x.jsonl"
    long = steps_record("echo " + "a" * 100_000)
    write_jsonl(path, [GOOD, long, BAD, steps_record("echo " + "a" * 3_000_000), GOOD])
    for limit, broken in (("64K", 2), ("65536", 2), ("1M", 1), ("1g", 0), ("64KB", 2)):
        result = run("scan", "--jsonl", "--max-record", limit, str(path))
        verdicts = result.lines()
        assert len(verdicts) == 5 and result.code == (3 if broken else 0)
        assert [v["source"].rsplit(":", 1)[1] for v in verdicts] == ["1", "2", "3", "4", "5"]
        assert sum("error" in v for v in verdicts) == broken
        assert (verdicts[0]["decision"], verdicts[2]["decision"], verdicts[4]["decision"]) == ("keep", "drop", "keep")
    said = run("scan", "--max-record", "64K", str(path))
    assert f"{path}:2" in said.text and f"{path}:4" in said.text and "not read: 2" in said.text
    for wrong in ("0", "x", "-1", "1T", "9G", ""):
        assert run("scan", "--max-record", wrong, str(path)).code == 2, wrong


def test_files_that_cannot_be_read(tmp_path):
    good = write_jsonl(tmp_path / "good.jsonl", [GOOD])
    empty = tmp_path / "empty.jsonl"
    empty.write_text("")
    missing = tmp_path / "missing.jsonl"
    for how in ([], ["--jsonl"]):
        result = run("scan", *how, good, str(empty), str(missing), str(tmp_path), good)
        assert result.code == 3
        for name in (empty, missing, tmp_path):
            assert str(name) in result.error + result.text
        assert "folder" in result.error and "No such file" in result.error and "empty" in result.error
    assert [v["id"] for v in run("scan", "--jsonl", good, str(missing), good).lines()] == ["good", "good"]


def test_fail_on(tmp_path):
    good, bad = write_jsonl(tmp_path / "a", [GOOD]), write_jsonl(tmp_path / "b", [BAD])
    assert run("scan", "--fail-on", "drop", bad).code == 1 and run("scan", "--fail-on", "mask", bad).code == 1
    assert run("scan", "--fail-on", "mask", good).code == 0 and run("scan", "--fail-on", "keep", good).code == 1
    assert run("scan", "--fail-on", "drop", bad, "/nonexistent").code == 3
    assert run("scan", bad).code == 0


def test_options(tmp_path):
    bad = write_jsonl(tmp_path / "b", [BAD])
    for arguments in (["--fail-on", "deny", bad], ["--format", "x", bad], ["-j", "x", bad], ["--top", "-1", bad],
                      ["--mask-scope", "x", bad], ["--bogus", bad], [], ["--format"], ["--on-ask", "deny", bad]):
        assert run("scan", *arguments).code == 2, arguments
    assert run("scan", "--quiet", bad).out == b""
    assert run("scan", "--jsonl", "--format", "steps", bad).lines()[0]["format"] == "steps"
    assert TUNNEL.split()[-1] in run("scan", bad).text and TUNNEL.split()[-1] not in run("scan", "--top", "0", bad).text
    assert run("scan", "--jsonl", bad, "--profile", "audit").lines()[0]["id"] == "bad"  # options may follow


def test_mask_scopes(tmp_path):
    record = {"steps": [{"say": "a"}, {"command": "ls"}, {"command": TUNNEL}, {"say": "b"},
                        {"message": {"author": "user", "text": "go on"}}, {"command": "ls"}, {"say": "done"}]}
    path = write_jsonl(tmp_path / "x", [record])
    masks = {scope: run("scan", "--jsonl", "--mask-scope", scope, path).lines()[0]["mask"]
             for scope in ("call", "turn", "dependents", "rest")}
    at = run("scan", "--jsonl", path).lines()[0]["findings"][0]["index"]
    assert all(mask[at] == 0 and mask[0] == 1 for mask in masks.values())
    for a, b in zip(masks["call"], masks["rest"]):
        assert b <= a
    assert masks["rest"][at:] == [0] * (len(masks["rest"]) - at)


def test_not_understood_is_told_apart(tmp_path):
    path = write_jsonl(tmp_path / "x", [GOOD, steps_record("if true; then ("), GOOD])
    verdict = run("scan", "--jsonl", path).lines()[1]
    text = run("scan", path).text
    assert verdict["unknown"][0]["reason"] and verdict["coverage"]["partial"] == 1
    if verdict["decision"] == "keep":
        assert "1 of them kept, not understood" in text


def test_without_a_call(tmp_path):
    path = write_jsonl(tmp_path / "x", [{"messages": [{"role": "user", "content": "hi"},
                                                      {"role": "assistant", "content": "hello"}]}])
    verdict = run("scan", "--jsonl", path).lines()[0]
    assert verdict["actions"] == 0 and verdict["decision"] == "keep" and verdict["trainable"] == [0, 1]
    assert "1 without a tool call" in run("scan", path).text


def test_arguments_that_cannot_be_decoded(tmp_path):
    call = {"id": "1", "type": "function", "function": {"name": "bash", "arguments": '{"command": "rm -r'}}
    path = write_jsonl(tmp_path / "x", [{"messages": [{"role": "user", "content": "hi"},
                                                      {"role": "assistant", "content": "", "tool_calls": [call]}]}])
    verdict = run("scan", "--jsonl", path).lines()[0]
    assert verdict["undecoded"] == 1 and verdict["decision"] == "review" and verdict["unknown"]
    assert "could not be decoded" in run("scan", path).text


def test_labels_are_not_read(tmp_path):
    path = write_jsonl(tmp_path / "x", [GOOD, {**GOOD, "label": "malicious", "risk_description": "tunnel", "security": 1,
                                               "injections": [TUNNEL], "rationale": TUNNEL}])
    a, b = run("scan", "--jsonl", path).lines()
    assert {k: a[k] for k in KEYS[5:]} == {k: b[k] for k in KEYS[5:]}


def test_broken_pipe_is_quiet(tmp_path):
    path = many(tmp_path, 3000)
    child = start("scan", "--jsonl", path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    child.stdout.readline()
    child.stdout.close()
    err = child.stderr.read()
    child.stderr.close()
    assert child.wait(20) in (0, -signal.SIGPIPE) and err == b""


def test_full_disk_is_said(tmp_path):
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full")
    path = many(tmp_path, 50)
    with open("/dev/full", "wb") as full:
        child = start("scan", "--jsonl", path, stdout=full, stderr=subprocess.PIPE)
        err = child.stderr.read()
        child.stderr.close()
    assert child.wait(20) == 3 and b"could not be written" in err


def test_progress_only_on_a_terminal(tmp_path):
    path = many(tmp_path, 3000)
    assert run("scan", path).err == b""
    assert b"MB/s" not in on_terminal("scan", "--no-progress", path)
    assert b"3000 trajectories" in on_terminal("scan", path)


def test_context_of_a_task(tmp_path):
    context = tmp_path / "context.json"
    context.write_text('{"workspace":"/repo","constraints":["do not touch /repo/keep"]}')
    path = write_jsonl(tmp_path / "x", [steps_record("rm -rf /repo/keep")])
    assert run("scan", "--jsonl", "--context", str(context), path).code == 0


# ---- pointers ----------------------------------------------------------------------------------------------------

def resolve(value, pointer):
    """RFC 6901, and `#` where a string held JSON."""
    for depth, part in enumerate(pointer.split("#")):
        if depth:
            value = json.loads(value)
        for token in part.split("/")[1:]:
            token = token.replace("~1", "/").replace("~0", "~")
            value = value[int(token)] if isinstance(value, list) else value[token]
    return value


def documents():
    for path in sorted(EXAMPLES.iterdir()):
        text = path.read_text()
        if "claude-code" in path.name:
            yield path, [[json.loads(line) for line in text.splitlines()]]
        elif path.suffix == ".jsonl":
            yield path, [json.loads(line) for line in text.splitlines()]
        else:
            value = json.loads(text)
            yield path, value if isinstance(value, list) else [value]


@pytest.mark.parametrize("path,records", list(documents()), ids=lambda x: getattr(x, "name", ""))
def test_pointers_lead_to_the_text(path, records):
    verdicts = run("scan", "--jsonl", "--evidence", "full", "--profile", "audit", str(path)).lines()
    assert len(verdicts) == len(records)
    for verdict, record in zip(verdicts, records):
        assert "error" not in verdict
        assert len(verdict["mask"]) == len(verdict["trainable"]) == verdict["steps"] > 0
        for finding in verdict["findings"] + verdict["unknown"]:
            text = resolve(record, finding["pointer"])
            begin, end = finding["span"]
            assert finding["index"] < verdict["steps"]
            if begin == end and not isinstance(text, str):
                continue  # the call as a whole
            assert isinstance(text, str), finding["pointer"]
            part = text.encode()[begin:end].decode()
            assert end <= len(text.encode())
            if "evidence" in finding and not finding["layers"] and end > begin:
                assert part.startswith(finding["evidence"][:100]), finding["rule"]
