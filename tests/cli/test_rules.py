"""rules, formats, --version and the help texts."""

import json
import os
import re
import subprocess

import pytest
from program import BIN, ROOT, TUNNEL, run, start

COMMANDS = ["check", "explain", "scan", "rules", "formats"]
OPTIONS = (ROOT / "tools" / "trajsafe" / "options.c").read_text()


def has_compiler():
    folder = os.path.dirname(os.path.realpath(BIN))
    return any(name.startswith("libtrajsafe-compile.so") for name in os.listdir(folder)) if os.path.exists(BIN) else False


def takes():
    """Which options each command takes: read from the one table in options.c."""
    table = dict(re.findall(r'\{"(check|explain|scan|rules|formats)",\s*((?:TAKES_\w+[\s|]*)*|0)',
                            (ROOT / "tools" / "trajsafe" / "help.c").read_text()))
    rows = re.findall(r'\{\{"([\w-]+)", \w+, NULL, [^}]+\}, ([^}]+)\}', OPTIONS)
    assert len(rows) > 20 and set(table) == set(COMMANDS)
    for command in COMMANDS:
        for option, needs in rows:
            if needs.strip() == "0" or set(re.findall(r"TAKES_\w+", needs)) & set(re.findall(r"TAKES_\w+", table[command])):
                yield command, option


@pytest.mark.parametrize("command,option", list(takes()))
def test_help_names_every_option(command, option):
    text = run(command, "--help").text
    assert f"--{option}" in text or option in ("help", "jobs") or (option == "color" and command in ("rules", "formats"))
    assert run(command, "-h").text == text


@pytest.mark.parametrize("command", COMMANDS)
def test_help(command):
    result = run(command, "--help")
    assert result.code == 0 and not result.err and f"trajsafe {command}" in result.text and "xample" in result.text
    assert run("help", command).out == result.out
    assert max(len(line) for line in result.text.splitlines()) <= 120


def test_usage():
    result = run("--help")
    assert result.code == 0 and all(command in result.text for command in COMMANDS) and "Exit codes" in result.text
    assert run().code == 2 and run().err and not run().out
    assert run("--bogus").code == 2 and run("bogus").code == 2
    assert run("-h").out == result.out


def test_version():
    result = run("--version")
    assert result.code == 0 and result.out == run("-V").out
    assert re.search(r"^trajsafe \d+\.\d+\.\d+\n", result.text) and "tree-sitter-bash" in result.text
    digests = re.findall(r"[0-9a-f]{64}", result.text)
    assert len(digests) == 2
    engine = run("check", "--json", "ls").json()["engine"]
    assert [engine["ruleset"], engine["tables"]] == digests


def test_formats():
    names = [line.split()[0] for line in run("formats").text.splitlines()]
    assert {"openai-chat", "anthropic", "claude-code", "swe-agent", "stepshield", "steps"} <= set(names)
    assert run("formats", "x").code == 2


def test_list():
    rules = [json.loads(line) for line in run("rules", "list", "--json").out.splitlines()]
    ids = [r["id"] for r in rules]
    assert len(ids) == len(set(ids)) >= 60 and ids == [line.split()[0] for line in run("rules", "list").text.splitlines()]
    some = run("rules", "list", "security.tunnel").text.splitlines()
    assert 0 < len(some) < len(ids) and all(line.startswith("security.tunnel") for line in some)
    assert run("rules", "list", "no.such").code == 2
    assert {(r["category"]) for r in rules} == {"security", "controllability", "trustworthiness"}
    assert len({(r["category"], r["leaf"]) for r in rules}) == 9


def test_show():
    result = run("rules", "show", "security.tunnel.reverse-ssh")
    assert result.code == 0
    for word in ("must fire on", "must not fire on", "confidence", "written in"):
        assert word in result.text
    assert run("rules", "show", "no.such").code == 2 and run("rules", "show").code == 2


def test_examples_hold():
    result = run("rules", "test", "security.tunnel", timeout=60)
    assert result.code == 0 and " 0 failed" in result.text


def test_coverage():
    listed = [json.loads(line) for line in run("rules", "list", "--json").out.splitlines()]
    rows = [json.loads(line) for line in run("rules", "coverage", "--json", timeout=60).out.splitlines()]
    leaves = {row["name"]: row for row in rows if row["by"] == "leaf"}
    assert sum(row["rules"] for row in leaves.values()) == len(listed)
    for name, row in leaves.items():
        of_leaf = [r for r in listed if f"{r['category']}/{r['leaf']}" == name]
        assert row["rules"] == len(of_leaf) and row["measured"] == sum(r["measured"] for r in of_leaf)
        assert row["medium_and_above"] == sum(r["severity"] not in ("info", "low") for r in of_leaf)
        assert row["hits"] >= row["rules"] <= row["misses"]
    attack = {row["name"]: row["rules"] for row in rows if row["by"] == "attack"}
    for technique, count in attack.items():
        assert count == sum(technique in r["attack"].split("\n") for r in listed), technique
    effects = {row["name"] for row in rows if row["by"] == "effect"}
    assert {"delete", "write", "read", "send", "connect", "run", "grant", "kill", "privilege", "mine", "scan"} <= effects
    text = run("rules", "coverage", timeout=60).text
    assert all(f"  {row['name']} " in text for row in rows)


def test_a_new_rule_begins_as_one_that_holds(folder):
    names = ("security.tunnel.my-relay", "controllability.tool.run-it", "trustworthiness.log.own")
    for number, name in enumerate(names):
        made = run("rules", "new", name)
        assert made.code == 0
        (folder / "packs" / f"{number}.yaml").write_text(made.text)
    tested = run("rules", "test", "--rules", str(folder), timeout=60)
    assert tested.code == 0 and " 0 failed" in tested.text
    listed = run("rules", "list", "--rules", str(folder), timeout=60).text
    assert all(f"\n{name} " in listed for name in names)
    for name in ((), ("relay",), ("security.relay",), ("other.family.name",), ("security.tunnel.Mine",), ("security..x",)):
        assert run("rules", "new", *name).code == 2


def test_usage_of_rules():
    for arguments in ([], ["bogus"], ["list", "a", "b"], ["compile"], ["list", "--jsonl"]):
        assert run("rules", *arguments).code == 2, arguments


# ---- own rules ---------------------------------------------------------------------------------------------------

RULE = """rules:
  - id: security.own.word
    title: Runs our word
    leaf: security/behaviour
    severity: critical
    confidence: 0.95
    why: It is our word.
    on: command
    where: {program: ownword}
    hits:
      - ownword --now
    misses:
      - echo ownword
"""


@pytest.fixture
def folder(tmp_path):
    if not has_compiler():
        pytest.skip("the rule compiler is not beside the program")
    (tmp_path / "packs").mkdir()
    return tmp_path


@pytest.mark.parametrize("text,line", [("rules:\n  - id: a.b\n    title: [x\n", 4), ("rules:\n\t- id: x\n", 2),
                                       ("rules:\n  - id: a.b\n    leef: code\n", 3), ("rules: 5\n", 1),
                                       ("rules:\n  - id: 'a\n", 3)])
def test_syntax_error_in_a_rule_file(folder, text, line):
    path = folder / "packs" / "own.yaml"
    path.write_text(text)
    result = run("rules", "lint", str(folder), timeout=60)
    assert result.code == 2
    places = re.findall(r"own\.yaml:(\d+):(\d+): error", result.error)
    assert places and abs(int(places[0][0]) - line) <= 1, result.error
    assert "TJ-" in result.error
    said = [x for x in result.error.splitlines() if "own.yaml" in x]
    assert said
    used = run("check", "--rules", str(folder), TUNNEL, timeout=60)
    assert used.code == 2 and "own.yaml" in used.error


def test_own_rule(folder):
    if run("rules", "lint", timeout=120).code != 0:
        pytest.skip("the rules do not compile at the moment")
    (folder / "packs" / "own.yaml").write_text(RULE)
    assert run("rules", "lint", str(folder), timeout=120).code == 0
    tested = run("rules", "test", "--rules", str(folder), "security.own", timeout=120)
    assert tested.code == 0 and "1 rules: 2 examples passed, 0 failed" in tested.text
    verdict = run("check", "--json", "--rules", str(folder), "sudo ownword -x", timeout=120).json()
    assert [f["rule"] for f in verdict["findings"]] == ["security.own.word"] and verdict["decision"] == "deny"
    assert "ownword" in run("rules", "show", "--rules", str(folder), "security.own.word", timeout=120).text
    (folder / "packs" / "own.yaml").write_text(RULE.replace("echo ownword", "env ownword"))
    wrong = run("rules", "test", "--rules", str(folder), "security.own", timeout=120)
    assert wrong.code == 1 and "own.yaml:" in wrong.text and "must not fire" in wrong.text
    (folder / "packs" / "own.yaml").write_text(RULE.replace("    misses:\n      - echo ownword\n", ""))
    assert run("rules", "lint", str(folder), timeout=120).code == 2


def test_lint_of_a_folder_that_is_not_there(folder):
    assert run("rules", "lint", str(folder / "none"), timeout=60).code == 2


def test_hostile_names_in_rule_files(folder):
    (folder / "packs" / "own.yaml").write_text('rules:\n  - id: "\\e[31m\\a"\n    "\\e]0;x\\a": 1\n')
    result = run("rules", "lint", str(folder), timeout=60)
    assert result.code == 2 and b"\x1b" not in result.err and b"\x07" not in result.err


def test_words_of_rules_do_not_act_on_a_terminal(folder, tmp_path):
    if run("rules", "lint", timeout=120).code != 0:
        pytest.skip("the rules do not compile at the moment")
    hostile = RULE.replace("Runs our word", '"Runs \\e[31m our \\a word"').replace("It is our word.", '"It is\\e]0;x\\a ours."')
    (folder / "packs" / "own.yaml").write_text(hostile)
    image = str(tmp_path / "own.image")
    assert run("rules", "compile", "--rules", str(folder), image, timeout=120).code == 0
    for arguments in (["rules", "list", "security.own"], ["rules", "list", "--json", "security.own"],
                      ["rules", "show", "security.own.word"], ["rules", "test", "security.own"], ["check", "ownword"],
                      ["explain", "ownword"]):
        result = run(arguments[0], *arguments[1:], "--image", image) if arguments[0] == "rules" else \
            run(arguments[0], "--image", image, arguments[1])
        assert result.code == 0 and result.out and b"\x1b" not in result.out and b"\x07" not in result.out
    for line in run("rules", "list", "--json", "--image", image, "security.own").out.splitlines():
        json.loads(line)


def test_compiled_image(folder, tmp_path):
    path = tmp_path / "own.image"
    built = run("rules", "compile", str(path), timeout=120)
    if built.code != 0:
        pytest.skip("the rules do not compile at the moment")
    assert run("check", "--json", "--image", str(path), TUNNEL).json()["decision"] == "deny"
    assert run("check", "--image", str(path), "--rules", str(folder), TUNNEL).code == 2
    data = bytearray(path.read_bytes())
    for at in (0, 9, len(data) // 2, len(data) - 1):
        broken = bytearray(data)
        broken[at] ^= 0xFF
        path.write_bytes(broken)
        result = run("check", "--image", str(path), TUNNEL)
        assert result.code == 2 and result.err, at
    path.write_bytes(data[:1000])
    assert run("check", "--image", str(path), TUNNEL).code == 2
    path.write_bytes(b"")
    assert run("check", "--image", str(path), TUNNEL).code == 2


def test_pipe_that_closes_early():
    child = start("rules", "list", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    child.stdout.close()
    assert child.stderr.read() == b""
    child.stderr.close()
    child.wait(10)


def test_a_whole_rule_set_stands_alone():
    result = run("rules", "lint", os.path.join(ROOT, "rules"), timeout=120)
    assert result.code == 0, result.error
