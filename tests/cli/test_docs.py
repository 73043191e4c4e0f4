"""What the documents show is what the program does. TRAJSAFE_REBASE=1 writes the transcripts again: read the difference."""

import os
import re
import subprocess

import pytest
from program import BIN, ROOT, needed

BLOCK = re.compile(r"^```console\n(.*?)^```$", re.M | re.S)
DOCUMENTS = ["README.md", "docs/cli.md", "docs/output.md", "docs/scoring.md", "docs/rules.md", "docs/understanding.md"]


def transcript(block):
    """The block with the output of its commands as it is now."""
    shown = []
    for line in block.splitlines():
        if not line.startswith("$ "):
            continue
        path = os.pathsep.join([os.path.dirname(os.path.abspath(BIN)), os.environ["PATH"]])
        done = subprocess.run(["sh", "-c", line[2:]], cwd=ROOT, capture_output=True, check=False,
                              env={"PATH": path, "LC_ALL": "C.UTF-8"})
        shown += [*([""] if shown else []), line, (done.stdout + done.stderr).decode().rstrip("\n")]
    return "\n".join(shown) + "\n"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_transcripts(name):
    needed()
    path = ROOT / name
    text = path.read_text()
    new = BLOCK.sub(lambda match: f"```console\n{transcript(match[1])}```", text)
    if new != text and os.environ.get("TRAJSAFE_REBASE"):
        path.write_text(new)
    assert path.read_text() == new, "TRAJSAFE_REBASE=1 writes it again"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links(name):
    text = (ROOT / name).read_text()
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        assert (ROOT / name).parent.joinpath(target).exists(), target
    for target, anchor in re.findall(r"\]\(([^)#]*)#([^)]+)\)", text):
        page = (ROOT / name).parent / target if target else ROOT / name
        heads = re.findall(r"^#+ (.*)$", page.read_text(), re.M)
        assert anchor in [re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads], anchor


def test_options_of_the_command_line_page():
    text = (ROOT / "docs" / "cli.md").read_text()
    for option in re.findall(r'\{\{"([\w-]+)",', (ROOT / "tools" / "trajsafe" / "options.c").read_text()):
        assert f"--{option}" in text or option == "help", option


def profiles():
    text, found, name = (ROOT / "rules" / "profiles.yaml").read_text(), {}, None
    for line in text.splitlines():
        head, value = re.match(r"^  (\w+):\s*$", line), re.match(r"^    (\w+): (.*)$", line)
        if head:
            name = head[1]
            found[name] = {}
        elif value and name:
            found[name][value[1]] = value[2]
    return found


def test_the_table_of_thresholds():
    rows = {cells[0].strip().strip("`").split("`")[0]: [c.strip() for c in cells[1:]]
            for cells in (line.strip("|").split("|") for line in (ROOT / "docs" / "scoring.md").read_text().splitlines()
                          if line.startswith("|"))}
    for column, (name, values) in enumerate(profiles().items()):
        for key in ("ask", "deny", "mask", "review", "drop"):
            assert float(rows[f"{key}"][column]) == float(values[key]), (name, key)
        weights = [float(x) for x in re.findall(r": ([\d.]+)", values["weights"])]
        shown = [float(x) for x in rows["info · low · medium · high · critical"][column].split("·")]
        assert shown == weights, name
        assert float(rows["requested_weight"][column]) == float(values["requested_weight"])


def test_the_c_program_of_the_readme(tmp_path):
    """It is C that compiles against the public headers."""
    code = re.search(r"^```c\n(.*?)^```$", (ROOT / "README.md").read_text(), re.M | re.S)[1]
    source = tmp_path / "readme.c"
    source.write_text(code)
    subprocess.run(["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", f"-I{ROOT / 'include'}",
                    str(source)], check=True)
