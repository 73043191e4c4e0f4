"""What is quoted from input never acts on a terminal, and cannot pass for a line that the program wrote itself."""

import json

import pytest
from program import TUNNEL, on_terminal, run, steps_record, write_jsonl

HOSTILE = {
    "color": "\x1b[31mred\x1b[0m",
    "clipboard": "\x1b]52;c;cm0gLXJmIH4=\x07",
    "title": "\x1b]0;owned\x1b\\",
    "bell": "\x07\x08\x7f",
    "csi c1": "\x9b31m",
    "return": "harmless\rallow: nothing speaks against it",
    "form feed": "\x0b\x0c",
    "bidi": "\u202e\u2066gnp.exe\u2069",
    "zero width": "a\u200bb\u2060c\ufeff",
    "tags": "\U000e0041\U000e0042",
    "separator": "\u2028\u2029\u0085",
    "erase": "\x1b[2J\x1b[1A\x1b[K",
    "sync": "\x1bP=1s\x1b\\",
}
RAW = [chr(c) for c in [*range(0x00, 0x09), 0x0b, 0x0c, 0x0d, *range(0x0e, 0x20), *range(0x7f, 0xa0)]]
RAW += list("\u200b\u200e\u200f\u2028\u2029\u202a\u202e\u2060\u2066\u2069\ufeff\U000e0041")


def harmless(data):
    """No character that a terminal obeys or hides."""
    text = data.decode()
    for character in RAW:
        assert character not in text, f"U+{ord(character):04X} is written raw"


@pytest.mark.parametrize("name", HOSTILE)
def test_check_and_explain(name):
    text = HOSTILE[name]
    for command in (f"{TUNNEL}{text}", f"{text} {TUNNEL}", f"echo '{text}'\n{TUNNEL}", f"echo '{text}' | {TUNNEL}",
                    f"bash -c \"{text}; {TUNNEL}\"", f"{TUNNEL} '{text}' # {text}", f"'{text}", f"$({text})"):
        for how in (["check"], ["explain"], ["check", "--evidence", "full"], ["explain", "--evidence", "full"]):
            result = run(*how, stdin=command)
            assert result.code == 0
            harmless(result.out.replace(b"\n", b"") + result.err.replace(b"\n", b""))


def test_no_forged_lines():
    """A line end inside a word does not begin a line of ours."""
    forged = "deny: forged line"
    for how in ("check", "explain"):
        out = run(how, stdin=f"{TUNNEL} 'x\n{forged}\n' \"$(echo 'y\n{forged}\n')\"").text
        assert not any(line.startswith(forged) for line in out.splitlines())
        assert sum(line.startswith(("allow:", "ask:", "deny:")) for line in out.splitlines()) == 1


@pytest.mark.parametrize("name", HOSTILE)
def test_json_is_escaped_too(name):
    result = run("check", "--json", "--evidence", "full", stdin=f"{TUNNEL} -o X='{HOSTILE[name]}'")
    for byte in [*range(0x20), 0x7f]:
        assert bytes([byte]) not in result.out.rstrip(b"\n")
    result.json()


@pytest.mark.parametrize("name", HOSTILE)
def test_scan(name, tmp_path):
    text = HOSTILE[name]
    folder = tmp_path / "x"
    folder.mkdir()
    path = folder / (text.replace("/", "_").replace("\0", "_") + ".jsonl")
    bad = {"id": text, "task": text, "steps": [{"command": f"{TUNNEL} '{text}'", "result": text}, {"say": text}]}
    write_jsonl(path, [bad, steps_record("ls", id=text)])
    with open(path, "a", encoding="utf-8") as file:
        file.write("{" + text.replace("\n", "") + "\n[" + json.dumps(text) + "]\n")
    for how in ([], ["--evidence", "full"], ["--quiet"], ["--jsonl"]):
        result = run("scan", *how, str(path))
        assert result.code == 3
        harmless(result.err.replace(b"\n", b""))
        if "--jsonl" not in how:
            harmless(result.out.replace(b"\n", b""))
    seen = on_terminal("scan", "--color", "never", "--no-progress", str(path))
    harmless(seen.replace(b"\n", b""))


@pytest.mark.parametrize("name", HOSTILE)
def test_error_messages(name, tmp_path):
    text = HOSTILE[name].replace("\0", "")
    for arguments in (["check", "--context", text, "ls"], ["check", "--image", text, "ls"], ["scan", text], [text],
                      ["check", "--" + text, "ls"], ["check", "--profile", text, "ls"], ["rules", "list", text],
                      ["check", "--disable", text, "ls"], ["rules", "show", text], ["rules", text],
                      ["check", "--shell", text, "ls"], ["scan", "--format", text, "x"], ["scan", "--top", text, "x"],
                      ["check", "--tool", text, "--arguments", text]):
        result = run(*arguments)
        assert (result.code in (2, 3) and result.err) or "--tool" in arguments, arguments
        harmless((result.out + result.err).replace(b"\n", b""))
    context = tmp_path / "context.json"
    context.write_text(json.dumps({"shell": text, "home": [text]}))
    result = run("check", "--context", str(context), "ls")
    assert result.code == 2
    harmless(result.err.replace(b"\n", b""))


def test_caret_stands_under_the_span():
    for before in ("", "\t", "é ", "漢字 ", "\x1b[1m ", "password=canaryPw01 "):
        lines = run("explain", stdin=f"echo {before};{TUNNEL}").text.splitlines()
        at = next(i for i, line in enumerate(lines) if set(line.strip()) == {"^"} and "ops@" in lines[i - 1])
        column, width = lines[at].index("^"), lines[at].count("^")
        shown = ""
        for character in lines[at - 1]:
            shown += character * (2 if "\u2e80" <= character <= "\ua4cf" else 1)
        assert "ops@203.0.113.9".startswith(shown[column:column + width][:15])


def test_color():
    assert b"\x1b" not in run("check", stdin=TUNNEL).out
    assert b"\x1b[31m" in run("check", "--color", "always", stdin=TUNNEL).out
    assert b"\x1b[" in on_terminal("check", TUNNEL)
    assert b"\x1b" not in on_terminal("check", TUNNEL, env={"NO_COLOR": "1"})
    assert b"\x1b" not in on_terminal("check", TUNNEL, env={"TERM": "dumb"})
    assert b"\x1b" not in on_terminal("check", "--color", "never", TUNNEL)
