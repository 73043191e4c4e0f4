"""Company changes nothing: a harmless command before, after, beside or in a step of its own leaves another's findings as they are.

Harmless: it changes no folder, variable, function, file or redirection, and says nothing that another command reads. The findings of
every command that a rule must fire on, by rule and text, are compared alone and in company, for `check` and for runs that `scan` reads.
"""

import json
import tempfile
from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest
from program import needed, run
from test_invariance import RANK, examples

HARMLESS = [line for line in """
ls -la
ls /tmp
pwd
date
date -u +%s
whoami
id -un
hostname
uname -a
uptime
true
:
sleep 1
echo done
echo "tests passed"
printf '%s\\n' one two
cat README.md
head -n 3 README.md
wc -l README.md
grep -n main src/app.py
grep -rn TODO src
rg -n TODO
sort names.csv
cut -d, -f1 names.csv
awk '{print $1}' names.csv
sed -n 1,3p README.md
find . -name '*.py'
find . -type f -size +1M
diff a.csv b.csv
stat README.md
file README.md
du -sh .
df -h
git status
git log --oneline -5
git diff --stat
git branch
python3 --version
python3 -c 'print(1 + 1)'
node --version
pip list
npm ls
docker ps
docker images
kubectl get pods
ps aux
which python3
command -v node
type git
man ls
tree -L 2
jq .name package.json
test -f README.md
[ -d src ]
[[ -n $HOME ]]
seq 1 3
md5sum README.md
basename /tmp/x
tar tzf a.tgz
""".splitlines() if line.strip()]

def plain(command):
    """One command in which nothing is left open for what stands beside it."""
    return "<<" not in command and not command.rstrip().endswith(("&", "\\")) and "\n" not in command.strip()


def call(command, form, harmless):
    return {"before": f"{harmless}\n{command}", "after": f"{command}\n{harmless}", "list": f"{harmless}; {command}; {harmless}",
            "both": f"{harmless}\n{command}\n{harmless}\n"}[form]


def found(findings):
    """By rule; what is only worth knowing (whoami) is a fact of the harmless themselves."""
    return Counter(f["rule"] for f in findings if f["severity"] != "info")


def answers(commands):
    lines = "".join(json.dumps({"command": c}) + "\n" for c in commands)
    done = run("check", "--jsonl", "--profile", "audit", "--evidence", "none", stdin=lines, timeout=200)
    got = [json.loads(line) for line in done.out.splitlines()]
    assert len(got) == len(commands)
    return got


@lru_cache(maxsize=None)
def bare():
    needed()
    commands = [c for c in examples() if plain(c)]
    return {c: a for c, a in zip(commands, answers(commands)) if found(a["findings"])}


def test_the_harmless_are_harmless():
    for command, answer in zip(HARMLESS, answers(HARMLESS)):
        assert not found(answer["findings"]) and answer["decision"] == "allow", (command, answer["findings"])


@pytest.mark.parametrize("form", ["before", "after", "list", "both"])
def test_company_in_a_call(form):
    """Each flagged command with some of the harmless, so that in all each pair of neighbours comes up for some command."""
    tried = []
    for i, command in enumerate(bare()):
        if form == "list" and ("#" in command or command.rstrip().endswith(";")):
            continue
        others = (HARMLESS[(i * 5 + k * 7) % len(HARMLESS)] for k in range(6))
        tried += [(command, h) for h in others if f"{h}()" not in command]  # `:` runs what :() defines
    wrong = []
    for (command, harmless), answer in zip(tried, answers([call(c, form, h) for c, h in tried])):
        alone = bare()[command]
        if found(answer["findings"]) != found(alone["findings"]) or RANK[answer["decision"]] < RANK[alone["decision"]]:
            more, less = found(answer["findings"]) - found(alone["findings"]), found(alone["findings"]) - found(answer["findings"])
            wrong.append(f"{command!r} with {harmless!r}: more {dict(more)}, less {dict(less)}")
    assert not wrong, f"{len(wrong)} of {len(tried)}:\n" + "\n".join(wrong[:40])


def test_company_by_pipe():
    """What reads the output, or runs beside, and passes nothing on."""
    tried = [(c, f"{c} | {h}") for c in bare() if c[-1] not in ";&" and "#" not in c for h in ("cat", "wc -l", "head -5")]
    tried += [(c, f"true | true; {c}") for c in bare()]
    wrong = []
    for (command, text), answer in zip(tried, answers([t for _, t in tried])):
        less = found(bare()[command]["findings"]) - found(answer["findings"])
        if less and not any(command.startswith(p) for p in ("nc -l", "ncat -l")):  # a listener into a pipe takes a file
            wrong.append(f"{text!r}: less {dict(less)}")
    assert not wrong, f"{len(wrong)} of {len(tried)}:\n" + "\n".join(wrong[:40])


# ---- steps ---------------------------------------------------------------------------------------------------------------


def message(command, number):
    return {"role": "assistant", "content": "", "tool_calls": [
        {"id": f"c{number}", "type": "function", "function": {"name": "bash", "arguments": json.dumps({"command": command})}}]}


def record(name, commands):
    messages = [{"role": "user", "content": "look after the machine"}]
    for number, command in enumerate(commands):
        messages += [message(command, number), {"role": "tool", "tool_call_id": f"c{number}", "content": ""}]
    return {"id": name, "messages": messages}


def scan(runs):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "runs.jsonl")
        path.write_text("".join(json.dumps(record(str(i), commands)) + "\n" for i, commands in enumerate(runs)))
        done = run("scan", "--jsonl", "--profile", "audit", "--evidence", "none", path, timeout=200)
    got = [json.loads(line) for line in done.out.splitlines()]
    assert len(got) == len(runs)
    return got


@pytest.mark.parametrize("place", ["before", "after", "around"])
def test_company_in_steps(place):
    commands = list(bare())
    alone = scan([[c] for c in commands])
    company = []
    for i, command in enumerate(commands):
        others = [HARMLESS[(i * 3 + k * 11) % len(HARMLESS)] for k in range(4)]
        company.append({"before": [*others, command], "after": [command, *others], "around": [*others, command, *others]}[place])
    wrong = []
    for command, steps, one, many in zip(commands, company, alone, scan(company)):
        order = ["keep", "mask", "review", "drop"]
        if found(one["findings"]) != found(many["findings"]) or order.index(many["decision"]) < order.index(one["decision"]):
            wrong.append(f"{command!r} in {steps}: {one['decision']} {dict(found(one['findings']))}, "
                         f"{many['decision']} {dict(found(many['findings']))}")
    assert not wrong, f"{len(wrong)} of {len(commands)}:\n" + "\n".join(wrong[:40])


def test_a_script_runs_steps_later():
    """The same text is data when it is written and a command when something runs it, whatever happens between."""
    runs, named = [], []
    for i, command in enumerate(bare()):
        if RANK[bare()[command]["decision"]] == 0 or not bare()[command]["understood"]:
            continue
        others = [HARMLESS[(i * 3 + k * 11) % len(HARMLESS)] for k in range(3)]
        text = command.replace("'", "'\\''")
        runs.append([f"printf '%s\\n' '{text}' > notes/x.md" if "%" not in text and "\\" not in text else
                     f"cat > notes/x.md <<'EOF'\n{command}\nEOF", *others, "bash notes/x.md"])
        named.append(command)
    written = scan([steps[:-1] for steps in runs])
    wrong = []
    for command, before, after in zip(named, written, scan(runs)):
        strong = [f["rule"] for f in before["findings"] if f["severity"] in ("high", "critical")]
        if strong:
            wrong.append(f"{command!r} is only written: {strong}")
        if not set(found(bare()[command]["findings"])) <= set(found(after["findings"])):
            wrong.append(f"{command!r} runs: {sorted(found(after['findings']))}, not {sorted(found(bare()[command]['findings']))}")
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong[:40])
