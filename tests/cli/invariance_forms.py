"""The ways in which one shell command can be written: positions, wrappers, encodings, and mentions that run nothing.

Every function takes the text of a command and gives the text that holds it, or None where that form cannot hold it.
"""

import base64
import codecs
import gzip
import json
import re
import shlex

PLAIN_WORD = re.compile(r"[A-Za-z0-9_@%+=:,./~-]+")


def quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


def words(x):
    """The words of a simple command without quotes, variables or operators; None for any other."""
    if "\n" in x or "=" in x.split(" ")[0]:
        return None
    parts = x.split()
    if not parts or not all(PLAIN_WORD.fullmatch(p) for p in parts) or "~" in x:
        return None
    return parts


def literal(x):
    """As words(), but quotes are allowed; for argv arrays."""
    if re.search(r"[\n`$;&|<>*?~#\\()]|\[|\{", x) or "=" in x.split(" ")[0]:
        return None
    try:
        return shlex.split(x)
    except ValueError:
        return None


def end(x):
    """What ends the command before a keyword or bracket follows."""
    return "\n" if "\n" in x or x.rstrip().endswith("&") or "#" in x or "<<" in x else "; "


def one_line(form):
    return lambda x: None if end(x) == "\n" else form(x)


def of_words(form, get=words):
    def apply(x):
        got = get(x)
        return form(got) if got else None

    return apply


def in_quotes(x):
    return None if "`" in x or "\\" in x else f"`{x}{end(x).strip(' ;')}`"


def inner(x):
    """As the last command of a substitution."""
    return f"{x}{end(x).strip(' ;')}"


# Programs that act on what reaches their standard input: another stdin is another command.
READS_STDIN = re.compile(r"^(nc|ncat|netcat|socat|tee|cat|sh|bash|dash|sudo|su|python\d?|perl|ruby|xargs|dd|crontab|at|ssh|openssl|psql"
                         r"|mysql|sqlite3|redis-cli|mongosh|batch|chpasswd|passwd|find|awk|env|script|capsh|/tmp/rootbash)\b")

POSITIONS = {
    "after &&": lambda x: f"true && {x}",
    "after ||": lambda x: f"false || {x}",
    "first of a list": lambda x: f"{x}{end(x)}true",
    "second of a list": lambda x: f"ls -la; {x}",
    "subshell": lambda x: f"( {x}{end(x)})",
    "group": lambda x: f"{{ {x}{end(x)}}}",
    "negated": lambda x: f"! {x}",
    "then": lambda x: f"if true; then {x}{end(x)}fi",
    "else": lambda x: f"if false; then true; else {x}{end(x)}fi",
    "condition": lambda x: f"if {x}{end(x)}then true; fi",
    "for": lambda x: f"for i in 1; do {x}{end(x)}done",
    "while read": lambda x: f"while read l; do {x}{end(x)}done < f",
    "until": lambda x: f"until {x}{end(x)}do sleep 1; done",
    "substitution": lambda x: f"echo $({x}{end(x).strip(' ;')})",
    "quoted substitution": lambda x: f'echo "$({x}{end(x).strip(" ;")})"',
    "assigned": lambda x: f"v=$({x}{end(x).strip(' ;')})",
    "backticks": lambda x: None if in_quotes(x) is None else f"echo {in_quotes(x)}",
    "process substitution": lambda x: f"cat <({x}{end(x).strip(' ;')})",
    "piped on": one_line(lambda x: f"{x} | cat"),
    "logged": one_line(lambda x: f"{x} 2>&1 | tee -a log.txt"),
    "silenced": one_line(lambda x: f"{x} >/dev/null 2>&1"),
    "or true": one_line(lambda x: f"{x} || true"),
    "background": one_line(lambda x: f"{x} &"),
    "function": lambda x: f"f() {{ {x}{end(x)}}}; f",
    "function keyword": lambda x: f"function cleanup {{\n  {x}\n}}\ncleanup",
    "case": one_line(lambda x: f"case a in a) {x};; esac"),
    "test": lambda x: f"[[ -n $({x}{end(x).strip(' ;')}) ]]",
    "heredoc": lambda x: f"cat <<EOF\n$({x}{end(x).strip(' ;')})\nEOF",
    "here string": lambda x: f'cat <<< "$({x}{end(x).strip(" ;")})"',
    "arithmetic": lambda x: f"echo $(( $({x}{end(x).strip(' ;')}) + 1 ))",
    "trap": lambda x: f"trap {quoted(x)} EXIT",
    "coproc": of_words(lambda w: "coproc " + " ".join(w)),
    "eval": lambda x: f"eval {quoted(x)}",
    "script": lambda x: f"#!/usr/bin/env bash\nset -euo pipefail\n\n# step 1\n{x}\n\necho done\n",
    "array index": lambda x: f"echo ${{a[$({x}{end(x).strip(' ;')})]}}",
    "array element": lambda x: f"a=( $({x}{end(x).strip(' ;')}) )",
    "default value": lambda x: None if "}" in x else f'echo "${{v:-$({x}{end(x).strip(" ;")})}}"',
    "export": lambda x: f'export V="$({x}{end(x).strip(" ;")})"',
    "declared": lambda x: f"declare -r V=$({inner(x)})",
    "local": lambda x: f"f() {{ local v=$({inner(x)}); }}; f",
    "assigned for a command": lambda x: f"V=$({inner(x)}) true",
    "appended": lambda x: f"v+=$({inner(x)})",
    "array index assigned": lambda x: f"a[$({inner(x)})]=1",
    "array key": lambda x: f"declare -A m=([k]=$({inner(x)}))",
    "redirection target": lambda x: f"true > $({inner(x)})",
    "redirection source": lambda x: f'cat < "$({inner(x)})"',
    "case word": lambda x: f"case $({inner(x)}) in *) true;; esac",
    "case pattern": lambda x: f"case a in $({inner(x)})) true;; esac",
    "for words": lambda x: f"for i in $({inner(x)}); do true; done",
    "c-style for": lambda x: f"for ((i = 0; i < 2; i++)); do {x}{end(x)}done",
    "select": lambda x: f"select i in a; do {x}{end(x)}break; done",
    "while condition": lambda x: f"while {x}{end(x)}do break; done",
    "until condition": lambda x: f"until {x}{end(x)}do break; done",
    "elif": lambda x: f"if false; then true; elif {x}{end(x)}then true; fi",
    "not": lambda x: f"if ! {x}{end(x)}then true; fi",
    "deep in subshells": lambda x: f"( ( true ); ( ( {x}{end(x)}) ) )",
    "group in a pipeline": lambda x: f"true | {{ {x}{end(x)}}} | cat" if not READS_STDIN.search(x) else None,
    "subshell redirected": lambda x: f"( {x}{end(x)}) > log.txt 2>&1",
    "loop piped into": lambda x: f"seq 3 | while read -r i; do {x}{end(x)}done" if not READS_STDIN.search(x) else None,
    "output process substitution": lambda x: f"true | tee >({inner(x)})" if not READS_STDIN.search(x) else None,
    "two process substitutions": lambda x: f"diff <(true) <({inner(x)})",
    "redirected from a process": lambda x: f"mapfile -t a < <({inner(x)})",
    "descriptor from a process": lambda x: f"exec 3< <({inner(x)})",
    "test string": lambda x: f'[ -z "$({inner(x)})" ]',
    "test pattern": lambda x: f"[[ a == $({inner(x)}) ]]",
    "test arithmetic": lambda x: f"(( $({inner(x)}) > 1 ))",
    "let": lambda x: None if '"' in x or "'" in x else f'let "v=$({inner(x)})"',
    "replacement": lambda x: None if re.search(r"[/}]", x) else f"v=a; echo ${{v/a/$({inner(x)})}}",
    "alternative value": lambda x: None if "}" in x else f"v=a; echo ${{v:+$({inner(x)})}}",
    "error value": lambda x: None if "}" in x else f"echo ${{v?$({inner(x)})}}",
    "assigned default": lambda x: None if "}" in x else f": ${{v:=$({inner(x)})}}",
    "substring offset": lambda x: None if "}" in x else f"v=abc; echo ${{v:$({inner(x)})}}",
    "heredoc without end": lambda x: None if "\n" in x else f"cat <<EOF\n$({inner(x)})",
    "heredoc tabs": lambda x: f"cat <<-EOF\n\t$({inner(x)})\n\tEOF",
    "heredoc backticks": lambda x: None if in_quotes(x) is None or "EOF" in x else f"cat <<EOF\n{in_quotes(x)}\nEOF",
    "nested substitution": lambda x: f"echo $(echo $(echo $({inner(x)})))",
    "argument of a function": lambda x: f'f() {{ :; }}; f "$({inner(x)})"',
    "function in a function": lambda x: f"g() {{ f() {{ {x}{end(x)}}}; f; }}; g",
    "function called later": lambda x: f"f() {{ {x}{end(x)}}}\nls\nif true; then f; fi",
    "function in a subshell": lambda x: f"f() ( {x}{end(x)})\nf",
    "function behind a pipe": lambda x: f"f() {{ {x}{end(x)}}}\ntrue | f" if not READS_STDIN.search(x) else None,
    "trap err": lambda x: f"trap {quoted(x)} ERR; false",
    "trap debug": lambda x: f"trap {quoted(x)} DEBUG; ls",
    "trap function": lambda x: f"cleanup() {{ {x}{end(x)}}}\ntrap cleanup EXIT",
    "trap signals": lambda x: f"trap -- {quoted(x)} INT TERM 0",
    "prompt command": lambda x: f"PROMPT_COMMAND={quoted(x)}",
    "coproc group": lambda x: f"coproc W {{ {x}{end(x)}}}",
    "background group": lambda x: f"{{ {x}{end(x)}}} & disown",
    "background subshell": lambda x: f"( {x}{end(x)}) & wait",
    "timed": lambda x: f"time {{ {x}{end(x)}}}",
    "or": one_line(lambda x: f"{x} || exit 1"),
    "and": one_line(lambda x: f"{x} && echo done"),
    "line continued": lambda x: f"true && \\\n{x}",
    "after a comment": lambda x: f"# clean up\n{x}",
    "comment behind": one_line(lambda x: f"{x} # done" if not x.endswith("\\") else None),
    "carriage returns": one_line(lambda x: f"ls\r\n{x}"),
    "leading spaces": lambda x: f"   \t{x}",
    "semicolons": lambda x: f"ls;ls;{x}",
    "set first": lambda x: f"set -euxo pipefail; {x}",
    "debugged": lambda x: f"set -x\n{x}\nset +x",
    "umask": lambda x: f"umask 077; {x}",
}


def beside(command):
    return lambda x: f"{command}\n{x}\n{command}"


# Honest work in the same call: it speaks for nothing but itself.
COMPANY = {command: beside(command) for command in (
    "ls -la /tmp", "git status", "git commit -q -m 'wip'", "find . -name '*.pyc' -delete", "find . -type f -mtime +1 -size +1M",
    "T=$(mktemp -d)", "mkdir -p build && rm -rf build", "rsync -n -a src/ dst/", "echo --dry-run", "gpg --version",
    "docker ps -a", "docker run --rm alpine ls", "kubectl get pods", "terraform plan", "helm list", "systemctl status nginx",
    "pip install -r requirements.txt", "curl -sI https://example.com", "export CI=1", "touch notes.txt", "pytest -q",
    "tar tzf a.tgz", "crontab -l", "cat README.md | head -3", "sudo apt-get update", "ssh-keygen -l -f k.pub", "ps aux")}


def python_system(x):
    return "import os; os.system(" + repr(x) + ")"


def double(x):
    """Within double quotes of the shell."""
    return '"' + re.sub(r'([\\"$`])', r"\\\1", x) + '"'


WRAPPED = {  # in front of a simple command
    "sudo": "sudo", "sudo -u": "sudo -u root --", "sudo -E": "sudo -E -n", "env": "env A=1", "env -i": "env -i PATH=/bin",
    "nohup": "nohup", "timeout": "timeout 5", "timeout -k": "timeout -k 5 --signal=KILL 1m", "nice": "nice -n 5",
    "time": "time", "usr bin time": "/usr/bin/time -v", "stdbuf": "stdbuf -oL", "setsid": "setsid", "ionice": "ionice -c2",
    "doas": "doas", "command": "command", "exec": "exec", "builtin env": "env", "strace": "strace -f -o t.log",
    "unshare": "unshare -n", "flock": "flock /tmp/l", "busybox env": "busybox env",
    "taskset": "taskset -c 0", "chrt": "chrt -i 0", "systemd-run": "systemd-run --user", "catchsegv": "proxychains4 -q",
    "caffeinate": "caffeinate -i", "faketime": "faketime 'last friday'", "unbuffer": "unbuffer", "xvfb": "xvfb-run -a",
    "firejail": "firejail --quiet", "nsenter": "nsenter -t 1 -m --", "runuser": "runuser -u root --", "setarch": "setarch -R",
    "uv run": "uv run", "poetry": "poetry run", "conda": "conda run -n base", "npx": "npx -c", "dotenv": "dotenv --",
    "docker exec": "docker exec c", "kubectl exec": "kubectl exec pod --", "srun": "srun -n 1", "parallel": "parallel ::: x --",
}
del WRAPPED["npx"], WRAPPED["parallel"], WRAPPED["busybox env"]


def before(prefix):
    """A wrapper takes a program and its words: no assignments, lists or compound commands in front."""
    def apply(x):
        if prefix == "exec" and re.search(r"[;&|\n]", x):
            return None  # nothing comes after it
        got = shlex.split(x, posix=False)[:1] if x.count("'") % 2 == 0 and x.count('"') % 2 == 0 else []
        if not got or re.search(r"[=(<>{]", got[0]) or got[0] in SHELL_ONLY or "\n" in x:
            return None
        return f"{prefix} {x}"

    return apply


# Words that no program in the file system answers to, and builtins that act on the shell itself.
SHELL_ONLY = set("if for while until case { ( [[ ! function export unset set history shopt ulimit alias source . exec eval "
                 "trap cd declare typeset local readonly HISTFILE exit umask read mapfile : fc disown bind complete "
                 "enable hash wait jobs let test printf echo".split())

WRAPPERS = {name: before(prefix) for name, prefix in WRAPPED.items()}
WRAPPERS.update({
    "watch": of_words(lambda w: "watch -n 5 " + " ".join(w)),  # it joins its words and runs them as text
    "parallel words": of_words(lambda w: "parallel -j1 " + " ".join(w[:-1]) + " ::: " + w[-1] if len(w) > 1 else None),
    "parallel lines": lambda x: f"printf '%s\\n' {quoted(x)} | parallel",
    "su -c": lambda x: f"su -c {quoted(x)}",
    "su user": lambda x: f"su - postgres -c {quoted(x)}",
    "bash -c": lambda x: f"bash -c {quoted(x)}",
    "bash -c double": lambda x: f"bash -c {double(x)}",
    "sh -c": lambda x: f"sh -c {quoted(x)}",
    "bash -lc": lambda x: f"bash -lc {quoted(x)}",
    "bash -e -c": lambda x: f"bash --norc -eu -o pipefail -c {quoted(x)} name arg",
    "/bin/bash -c": lambda x: f"/bin/bash -c {quoted(x)}",
    "busybox sh": lambda x: f"busybox sh -c {quoted(x)}",
    "env bash": lambda x: f"/usr/bin/env bash -c {quoted(x)}",
    "env -S": lambda x: f"env -S bash -c {quoted(x)}",
    "sudo bash": lambda x: f"sudo -H bash -c {quoted(x)}",
    "twice": lambda x: f"bash -c {quoted('sh -c ' + quoted(x))}",
    "ssh": lambda x: f"ssh h {quoted(x)}",
    "docker exec sh": lambda x: f"docker exec c sh -c {quoted(x)}",
    "docker run": lambda x: f"docker run --rm -v /:/host ubuntu bash -c {quoted(x)}",
    "kubectl sh": lambda x: f"kubectl exec -it pod -- sh -c {quoted(x)}",
    "find": lambda x: None if "{}" in x else f"find . -maxdepth 0 -exec sh -c {quoted(x)} \\;",
    "xargs": lambda x: f"echo a | xargs sh -c {quoted(x)}",
    "xargs -I": lambda x: None if "{}" in x else f"echo a | xargs -I{{}} bash -c {quoted(x)}",
    "script": lambda x: f"script -qc {quoted(x)} /dev/null",
    "flock -c": lambda x: f"flock /tmp/l -c {quoted(x)}",
    "watch quoted": lambda x: f"watch -n 1 {quoted(x)}",
    "parallel": lambda x: f"parallel ::: {quoted(x)}",
    "tmux": lambda x: f"tmux new-session -d -s a {quoted(x)}",
    "screen": lambda x: f"screen -dmS a bash -c {quoted(x)}",
    "expect": lambda x: None if re.search(r"[\\{}]", x) else f"expect -c {quoted('spawn sh -c {' + x + '}')}",
    "at": lambda x: f"echo {quoted(x)} | at now",
    "os.system": lambda x: "python3 -c " + quoted(python_system(x)),
    "os.system double": lambda x: "python3 -c " + double(python_system(x)),
    "shell=True": lambda x: "python3 -c " + quoted(f"import subprocess\nsubprocess.run({x!r}, shell=True, check=False)"),
    "check_output": lambda x: "python3 -c " + quoted(f"from subprocess import check_output as c; c({x!r}, shell=True)"),
    "argv": of_words(lambda w: "python3 -c " + quoted(f"import subprocess as s; s.run({w!r})"), literal),
    "popen sh": lambda x: "python3 -c " + quoted(f"import subprocess; subprocess.Popen(['/bin/sh', '-c', {x!r}])"),
    "perl": lambda x: None if re.search(r"[$@\\']", x) else "perl -e " + quoted(f"system({double(x)})"),
    "ruby": lambda x: None if re.search(r"[$#\\']", x) else "ruby -e " + quoted(f"system({double(x)})"),
    "node": lambda x: None if re.search(r"[\\'\n]", x) else
            "node -e " + quoted(f"require('child_process').execSync({double(x)})"),
    "php": lambda x: None if re.search(r"[$\\']", x) else "php -r " + quoted(f"system({double(x)});"),
    "awk": lambda x: None if re.search(r"[\\'\n$`]", x) else "awk " + quoted(f"BEGIN{{system({double(x)})}}"),
    "vim": one_line(lambda x: f"vim -c {quoted(':!' + x)}"),
    "git alias": one_line(lambda x: f"git -c alias.z={quoted('!' + x)} z"),
    "make eval": one_line(lambda x: None if "$" in x or "#" in x else f"make -f - <<'EOF'\nall:\n\t{x}\nEOF"),
    "tar checkpoint": lambda x: f"tar cf a.tar --checkpoint=1 --checkpoint-action=exec={quoted(x)} b",
    "rsync -e": lambda x: f"rsync -e {quoted('sh -c ' + quoted(x))} a h:b",
    "ssh proxy": lambda x: f"ssh -o ProxyCommand={quoted(x)} h",
    "alias": lambda x: f"shopt -s expand_aliases\nalias q={quoted(x)}\nq",
})


def b64(x):
    return base64.b64encode(x.encode()).decode()


def hexes(x):
    return "".join(f"\\x{b:02x}" for b in x.encode())


def octals(x):
    return "".join(f"\\{b:03o}" for b in x.encode())


def octals0(x):
    return "".join(f"\\0{b:03o}" for b in x.encode())


def split_name(by):
    return of_words(lambda w: " ".join([by(w[0]), *w[1:]]) if len(w[0]) > 1 and "/" not in w[0] else None)


def cut(x):
    at = max(1, len(x) // 2)
    return x[:at], x[at:]


def as_variable(x):
    a, b = cut(x)
    return f"a={quoted(a)}; b={quoted(b)}; "


ENCODINGS = {
    "base64 pipe": lambda x: f"echo {b64(x)} | base64 -d | sh",
    "base64 long": lambda x: f"echo -n {b64(x)} | base64 --decode | bash",
    "base64 here string": lambda x: f'bash <<< "$(base64 -d <<< {b64(x)})"',
    "base64 eval": lambda x: f'eval "$(echo {b64(x)} | base64 -d)"',
    "base64 bash -c": lambda x: f'bash -c "$(echo {quoted(b64(x))} | base64 -d)"',
    "base64 variable": lambda x: f"P={b64(x)}; echo $P | base64 -d | bash",
    "base64 twice": lambda x: f"echo {b64(b64(x))} | base64 -d | base64 -d | sh",
    "base64 file": lambda x: f"echo {b64(x)} | base64 -d > /tmp/.x; sh /tmp/.x",
    "base64 openssl": lambda x: f"echo {b64(x)} | openssl base64 -d -A | sh",
    "base64 python": lambda x: f"python3 -c \"import base64,os; os.system(base64.b64decode('{b64(x)}').decode())\"",
    "base64 exec": lambda x: f"python3 -c \"exec(__import__('base64').b64decode('{b64(python_system(x))}'))\"",
    "printf hex": lambda x: f"printf '{hexes(x)}' | sh",
    "printf octal": lambda x: f"printf '{octals(x)}' | sh",
    "echo -e": lambda x: f"echo -e '{hexes(x)}' | bash",
    "xxd": lambda x: f"echo {x.encode().hex()} | xxd -r -p | sh",
    "rev": one_line(lambda x: f"echo {quoted(x[::-1])} | rev | sh"),
    "rot13": lambda x: f"echo {quoted(codecs.encode(x, 'rot13'))} | tr 'A-Za-z' 'N-ZA-Mn-za-m' | bash",
    "sed away": lambda x: None if "#" in x else f"echo {quoted(x.replace(' ', '#'))} | sed 's/#/ /g' | sh",
    "dollar quotes": of_words(lambda w: " ".join(f"$'{hexes(p)}'" for p in w)),
    "dollar quote letters": split_name(lambda n: f"$'\\x{ord(n[0]):02x}'{n[1:]}"),
    "empty quotes": split_name(lambda n: f"{n[0]}''{n[1:]}"),
    "double quotes": split_name(lambda n: f'{n[0]}"{n[1:]}"'),
    "backslashes": split_name(lambda n: f"{n[0]}\\{n[1:]}"),
    "leading backslash": split_name(lambda n: f"\\{n}"),
    "name in two variables": split_name(lambda n: f"a={n[0]};b={n[1:]};$a$b"),
    "unset variable": split_name(lambda n: f"{n[0]}${{zz}}{n[1:]}"),
    "positional": split_name(lambda n: f"{n[0]}$@{n[1:]}"),
    "substring": lambda x: None if re.search(r"['\"$\\`;&|<>*?~(){}#\n]", x) or words(x) is None else
                 f"x={quoted(x)}; ${{x:0:1}}${{x:1}}",
    "replaced": lambda x: None if words(x) is None else f"x={quoted('qq' + x)}; ${{x/qq/}}",
    "IFS": of_words(lambda w: "${IFS}".join(w)),
    "IFS set": of_words(lambda w: None if any("," in p for p in w) else f"IFS=,; c={','.join(w)}; $c"),
    "braces": of_words(lambda w: None if len(w) < 2 or any("," in p or ".." in p for p in w) else "{" + ",".join(w) + "}"),
    "name by substitution": split_name(lambda n: f"$(echo {n})"),
    "name by which": split_name(lambda n: f"$(which {n})"),
    "name by printf": split_name(lambda n: f"$(printf '%s%s' {n[0]} {n[1:]})"),
    "absolute path": split_name(lambda n: f"/usr/bin/{n}"),
    "lower case": split_name(lambda n: f"N={n.upper()}; ${{N,,}}") ,
    "reversed name": split_name(lambda n: f"$(rev <<< {n[::-1]})"),
    "array": of_words(lambda w: "a=(" + " ".join(w) + '); "${a[@]}"'),
    "set": of_words(lambda w: "set -- " + " ".join(w) + '; "$@"'),
    "function args": of_words(lambda w: 'run() { "$@"; }; run ' + " ".join(w)),
    "indirect": split_name(lambda n: f"c={n}; r=c; ${{!r}}"),
    "eval two variables": lambda x: as_variable(x) + 'eval "$a$b"',
    "bash -c variable": lambda x: as_variable(x) + 'bash -c "$a$b"',
    "appended": lambda x: f"a={quoted(cut(x)[0])}; a+={quoted(cut(x)[1])}; eval \"$a\"",
    "printf -v": lambda x: None if "%" in x or "\\" in x else f"printf -v c %s {quoted(x)}; eval \"$c\"",
    "read": one_line(lambda x: f"read -r c <<< {quoted(x)}; eval \"$c\""),
    "while eval": one_line(lambda x: f"while read -r l; do eval \"$l\"; done <<< {quoted(x)}"),
    "while pipe": one_line(lambda x: f"echo {quoted(x)} | while read -r l; do bash -c \"$l\"; done"),
    "for eval": one_line(lambda x: f"for c in {quoted(x)}; do eval \"$c\"; done"),
    "xargs line": one_line(lambda x: f"echo {double(x)} | xargs -I{{}} sh -c '{{}}'"),
    "file": lambda x: f"cat > /tmp/x.sh <<'EOF'\n{x}\nEOF\nbash /tmp/x.sh",
    "file executed": lambda x: f"printf '%s\\n' '#!/bin/bash' {quoted(x)} > run.sh && chmod +x run.sh && ./run.sh",
    "file by echo": lambda x: f"echo {quoted(x)} > x.sh; sh x.sh",
    "file sourced": lambda x: f"echo {quoted(x)} > x.sh; . ./x.sh",
    "file by tee": lambda x: f"echo {quoted(x)} | tee x.sh >/dev/null; bash < x.sh",
    "file by python": lambda x: "python3 -c " + quoted(f"open('x.sh','w').write({x!r})") + " && bash x.sh",
    "file moved": lambda x: f"echo {quoted(x)} > x.txt; mv x.txt y.sh; sh y.sh",
    "file copied": lambda x: f"echo {quoted(x)} > x.txt; cp x.txt y.sh; cat y.sh | sh",
    "python file": lambda x: f"cat > x.py <<'EOF'\n{python_system(x)}\nEOF\npython3 x.py",
    "heredoc to bash": lambda x: f"bash <<'EOF'\n{x}\nEOF",
    "heredoc to sudo": lambda x: f"sudo bash -s <<'EOF'\n{x}\nEOF",
    "heredoc to ssh": lambda x: f"ssh h bash -s <<'EOF'\n{x}\nEOF",
    "heredoc to python": lambda x: f"python3 - <<'EOF'\n{python_system(x)}\nEOF",
    "pipe to sh": lambda x: f"echo {quoted(x)} | sh",
    "cat to sh": lambda x: f"cat <<'EOF' | sh\n{x}\nEOF",
    "here string to sh": lambda x: f"sh <<< {quoted(x)}",
    "source process": lambda x: f"source <(echo {quoted(x)})",
    "bash process": lambda x: f"bash <(echo {quoted(x)})",
    "dev stdin": lambda x: f". /dev/stdin <<< {quoted(x)}",
    "continued line": lambda x: None if words(x) is None or " " not in x else x.replace(" ", " \\\n  "),
    "node hidden": lambda x: f"node -e \"require('child_process').exec(Buffer.from('{b64(x)}','base64').toString())\"",
    "base32": lambda x: f"echo {base64.b32encode(x.encode()).decode()} | base32 -d | sh",
    "gzip": lambda x: f"echo {base64.b64encode(gzip.compress(x.encode(), mtime=0)).decode()} | base64 -d | gunzip | sh",
    "gzip -dc": lambda x: f"base64 -d <<< {base64.b64encode(gzip.compress(x.encode(), mtime=0)).decode()} | gzip -dc | bash",
    "zcat": lambda x: f"echo {base64.b64encode(gzip.compress(x.encode(), mtime=0)).decode()} | base64 -d | zcat | bash",
    "openssl enc": lambda x: f"openssl enc -base64 -d -A <<< {b64(x)} | sh",
    "hex in a variable": lambda x: f"h={x.encode().hex()}; echo $h | xxd -r -p | bash",
    "printf %b": lambda x: f"printf '%b' '{octals0(x)}' | sh",
    "printf -v %b": lambda x: f"printf -v c '%b' '{octals0(x)}'; eval \"$c\"",
    "echo -en": lambda x: f"echo -en '{octals0(x)}' | sh",
    "echo substituted": lambda x: f"eval \"$(echo -e '{hexes(x)}')\"",
    "dollar quoted": lambda x: f"eval $'{hexes(x)}'",
    "dollar quoted octal": lambda x: f"bash -c $'{octals(x)}'",
    "dollar quoted unicode": lambda x: None if not x.isascii() else "eval $'" + "".join(f"\\u{ord(c):04x}" for c in x) + "'",
    "here string decoded": lambda x: f"base64 -d <<< {b64(x)} | sh",
    "heredoc decoded": lambda x: f"base64 -d <<'EOF' | sh\n{b64(x)}\nEOF",
    "decoded by source": lambda x: f"source <(echo {b64(x)} | base64 -d)",
    "decoded by substitution": lambda x: f"sh -c \"`echo {b64(x)} | base64 -d`\"",
    "decoded into a variable": lambda x: f"c=$(echo {b64(x)} | base64 -d); eval \"$c\"",
    "decoded in two parts": lambda x: f"a={b64(x)[:8]}; b={b64(x)[8:]}; echo $a$b | base64 -d | sh",
    "base64 and rev": lambda x: f"echo {b64(x)[::-1]} | rev | base64 -d | sh",
    "printed by printf": lambda x: f"printf %s {quoted(x)} | sh",
    "printed in parts": lambda x: f"printf '%s%s' {quoted(cut(x)[0])} {quoted(cut(x)[1])} | sh",
    "tr": lambda x: None if "@" in x or " " not in x or "\n" in x else f"echo {quoted(x.replace(' ', '@'))} | tr @ ' ' | sh",
    "tr -d": lambda x: None if "@" in x or "\n" in x else f"echo {quoted('@'.join(x))} | tr -d @ | sh",
    "upper by tr": one_line(lambda x: None if x != x.lower() else f"echo {quoted(x.upper())} | tr A-Z a-z | sh"),
    "cut": one_line(lambda x: None if ":" in x else f"echo {quoted('a:' + x + ':b')} | cut -d: -f2 | sh"),
    "head": one_line(lambda x: f"printf '%s\\n' {quoted(x)} true | head -1 | sh"),
    "tail": one_line(lambda x: f"printf '%s\\n' true {quoted(x)} | tail -n 1 | sh"),
    "sed replaced": one_line(lambda x: None if re.search(r"[/\\&]", x) else f"echo {quoted('QQ' + x[1:])} | sed 's/QQ/{x[0]}/' | sh"),
    "substring of a variable": one_line(lambda x: f"v={quoted('abc' + x)}; eval \"${{v:3}}\""),
    "prefix removed": one_line(lambda x: f"v={quoted('abc:' + x)}; eval \"${{v#abc:}}\""),
    "suffix removed": one_line(lambda x: f"v={quoted(x + '.old')}; eval \"${{v%.old}}\""),
    "characters replaced": one_line(lambda x: None if "@" in x or " " not in x else f"v={quoted(x.replace(' ', '@'))}; eval \"${{v//@/ }}\""),
    "lower case text": one_line(lambda x: None if x != x.lower() else f"v={quoted(x.upper())}; eval \"${{v,,}}\""),
    "default value": lambda x: None if re.search(r"['\"\\}$`]", x) else f"eval \"${{nope:-{x}}}\"",
    "loop of letters": of_words(lambda w: "c=; for p in " + " ".join(w) + "; do c=\"$c $p\"; done; eval \"$c\"") ,
    "array joined": of_words(lambda w: "a=(" + " ".join(w) + '); eval "${a[*]}"'),
    "array by index": of_words(lambda w: None if len(w) < 2 else "a=(" + " ".join(w) + "); ${a[0]} " + " ".join(f"${{a[{i}]}}" for i in range(1, len(w)))),
    "read -a": of_words(lambda w: "read -ra a <<< " + quoted(" ".join(w)) + '; "${a[@]}"'),
    "indirect text": lambda x: f"real={quoted(x)}; name=real; eval \"${{!name}}\"",
    "nameref": lambda x: f"real={quoted(x)}; declare -n ref=real; eval \"$ref\"",
    "exported to bash": lambda x: f"export C={quoted(x)}; bash -c 'eval \"$C\"'",
    "environment of bash": lambda x: f"C={quoted(x)} bash -c 'eval \"$C\"'",
    "argument of bash": lambda x: f"bash -c 'eval \"$1\"' _ {quoted(x)}",
    "argument of a function": lambda x: f"run() {{ eval \"$1\"; }}; run {quoted(x)}",
    "name by concatenation": split_name(lambda n: f"${{a}}{n[0]}\"{n[1:]}\""),
    "name by arithmetic": split_name(lambda n: None if not n[0].isalpha() else f"$(printf '\\{ord(n[0]):o}'){n[1:]}"),
    "name in dollar quotes": split_name(lambda n: f"$'{n}'"),
    "tee to shell": lambda x: f"echo {quoted(x)} | tee >(sh) >/dev/null",
    "descriptor": lambda x: f"exec 3<<< {quoted(x)}; sh <&3",
    "file by dd": lambda x: f"echo {quoted(x)} | dd of=x.sh 2>/dev/null; sh x.sh",
    "file by cp": lambda x: f"cp /dev/stdin x.sh <<< {quoted(x)}; sh x.sh",
    "file by install": lambda x: f"echo {quoted(x)} > a; install -m 755 a run.sh; ./run.sh",
    "file appended": one_line(lambda x: f"echo '#!/bin/sh' > x.sh; echo {quoted(x)} >> x.sh; chmod +x x.sh; ./x.sh"),
    "file linked": lambda x: f"echo {quoted(x)} > a.sh; ln -s a.sh b.sh; sh b.sh",
    "file in a folder": lambda x: f"mkdir -p d && cd d && echo {quoted(x)} > a.sh && cd .. && sh d/a.sh",
    "file by function": lambda x: f"w() {{ echo {quoted(x)} > a.sh; }}; w; sh ./a.sh",
    "file by perl": lambda x: None if re.search(r"[$@\\'\n]", x) else f"perl -e {quoted('print ' + double(x))} | sh",
    "printed by python": lambda x: printed(x) + " | bash",
    "python exec": lambda x: "python3 -c " + quoted(f"exec({python_system(x)!r})"),
    "python compiled": lambda x: "python3 -c " + quoted(f"exec(compile({python_system(x)!r}, 'a', 'exec'))"),
    "python joined": lambda x: "python3 -c " + quoted(f"import os; os.system({cut(x)[0]!r} + {cut(x)[1]!r})"),
    "python characters": lambda x: "python3 -c " + quoted(f"import os; os.system(''.join(map(chr, {[ord(c) for c in x]!r})))"),
    "python hex": lambda x: "python3 -c " + quoted(f"import os; os.system(bytes.fromhex('{x.encode().hex()}').decode())"),
    "python reversed": lambda x: "python3 -c " + quoted(f"import os; os.system({x[::-1]!r}[::-1])"),
    "python from import": lambda x: "python3 -c " + quoted(f"from os import system as s\ns({x!r})"),
    "python getattr": lambda x: "python3 -c " + quoted(f"import os; getattr(os, 'sys' + 'tem')({x!r})"),
    "python dunder": lambda x: "python3 -c " + quoted(f"__import__('o' + 's').system({x!r})"),
    "python variable": lambda x: "python3 -c " + quoted(f"import subprocess\nc = {x!r}\nsubprocess.call(c, shell=True)"),
    "python function": lambda x: "python3 -c " + quoted(f"import os\ndef f(c):\n    return os.system(c)\nf({x!r})"),
    "python format": lambda x: None if re.search("[{}%]", x) else "python3 -c " + quoted(f"import os; os.system('%s%s' % ({cut(x)[0]!r}, {cut(x)[1]!r}))"),
    "python f-string": lambda x: "python3 -c " + quoted(f"import os\nc = {x!r}\nos.system(f'{{c}}')"),
    "python stdin": lambda x: f"echo {quoted(python_system(x))} | python3",
    "python popen": lambda x: "python3 -c " + quoted(f"import os; os.popen({x!r}).read()"),
    "python async": lambda x: "python3 -c " + quoted(f"import asyncio\nasync def m():\n    await asyncio.create_subprocess_shell({x!r})\nasyncio.run(m())"),
    "ipython": one_line(lambda x: f"ipython -c {quoted('!' + x)}" if "{" not in x and "$" not in x else None),
    "perl decoded": lambda x: f"perl -MMIME::Base64 -e \"system(decode_base64('{b64(x)}'))\"",
}


def printed(x):
    return "python3 -c " + quoted(f"print({x!r})")


MENTIONS = {
    "echo": lambda x: f"echo {quoted(x)}",
    "printf": lambda x: f"printf '%s\\n' {quoted(x)}",
    "commit": lambda x: f"git commit -m {quoted(x)}",
    "commit heredoc": lambda x: f"git commit -F - <<'EOF'\nRefuse dangerous commands\n\n{x}\nEOF",
    "grep": lambda x: f"grep -rn {quoted(x)} .",
    "rg": lambda x: f"rg {quoted(x)}",
    "rg files": lambda x: f"rg -n -F {quoted(x)} --glob '*.sh' | head -20",
    "notes": lambda x: f"cat <<'EOF' > notes.md\n{x}\nEOF",
    "readme": lambda x: f"cat >> README.md <<'EOF'\n## Never run\n\n```bash\n{x}\n```\nEOF",
    "comment": one_line(lambda x: f"# {x}"),
    "comment after": one_line(lambda x: f"ls -la  # {x}"),
    "pull request": lambda x: f"gh pr create --title t --body {quoted(x)}",
    "issue": lambda x: f"gh issue create --title {quoted(x)} --body b",
    "print": printed,
    "python string": lambda x: f"python3 - <<'EOF'\ncases = [{x!r}]\nprint(len(cases))\nEOF",
    "sed": one_line(lambda x: None if "/" in x else f"sed -n {quoted('/' + x + '/p')} f"),
    "awk": one_line(lambda x: None if re.search(r"[\\/]", x) else f"awk {quoted('/' + x + '/ {print}')} f"),
    "variable": lambda x: f"msg={quoted(x)}; echo \"$msg\" | wc -c",
    "counted": lambda x: f"echo {quoted(x)} | wc -c",
    "false": lambda x: f"test {quoted(x)} = a",
    "jq": lambda x: f"jq -n --arg c {quoted(x)} '{{command: $c}}'",
    "encoded": lambda x: f"echo {quoted(x)} | base64",
    "decoded to screen": lambda x: f"echo {b64(x)} | base64 -d",
    "which": one_line(lambda x: f"which {shlex.quote(x.split()[0])}"),
    "man": one_line(lambda x: f"man {shlex.quote(x.split()[0])}"),
    "help": one_line(lambda x: f"{x.split()[0]} --help" if words(x) else None),
    "assert": lambda x: f"cat > test_guard.py <<'EOF'\ndef test_guard():\n    assert refused({x!r})\nEOF",
    "tracked": lambda x: f"git log --grep={quoted(x)}",
    "history searched": lambda x: f"git log -S {quoted(x)} --oneline; git log -G{quoted(x)} -3; git grep -n -e {quoted(x)}",
    "commit attached": lambda x: f"git add -A && git commit -q --message={quoted(x)} && git push",
    "commit by substitution": lambda x: f"git commit -m \"$(cat <<'EOF'\nfix: refuse\n\n{x}\nEOF\n)\"",
    "tag": lambda x: f"git tag -a v1 -m {quoted(x)}",
    "note": lambda x: f"git notes add -m {quoted(x)} HEAD; git stash push -m {quoted(x)}",
    "other commits": lambda x: f"hg commit -m {quoted(x)}; svn commit -m {quoted(x)}",
    "pull request file": lambda x: f"gh pr create --title t --body-file - <<'EOF'\n{x}\nEOF",
    "pull request comment": lambda x: f"gh pr comment 1 -b {quoted(x)}; gh issue comment 2 --body={quoted(x)}",
    "release": lambda x: f"gh release create v1 --notes {quoted(x)}",
    "merge request": lambda x: f"glab mr create --title {quoted(x)} --description {quoted(x)}",
    "posted": lambda x: f"curl -s -X POST -H 'Content-Type: application/json' -d {quoted(json.dumps({'text': x}))} "
                        "https://chat.example.com/api/messages",
    "logged": lambda x: f"logger -t job {quoted(x)}; notify-send done {quoted(x)}",
    "asked": lambda x: f"read -p {quoted(x)} answer",
    "named test": lambda x: f"pytest -q -k {quoted(x)}",
    "found": lambda x: f"find . -name {quoted(x)}; ag -Q {quoted(x)}; fgrep -c {quoted(x)} f",
    "asked about": one_line(lambda x: None if "=" in x.split()[0] else " ; ".join(f"{a} {shlex.quote(x.split()[0])}" for a in
                                                  ("type", "command -v", "command -V", "apropos", "whereis", "hash -t"))),
    "sed deletes": one_line(lambda x: None if re.search(r"[/\\]", x) else f"sed {quoted('/' + x + '/d')} f > g.txt"),
    "tee": lambda x: f"tee -a notes.txt <<'EOF'\n{x}\nEOF",
    "to do": lambda x: f"echo {quoted(x)} >> TODO.md; printf '%s\\n' {quoted(x)} > notes/{len(x)}.txt",
    "nothing": lambda x: f": {quoted(x)}; true {quoted(x)}; : <<'EOF'\n{x}\nEOF",
    "compared": lambda x: f"[[ $1 == {quoted(x)} ]] && echo yes",
    "case": lambda x: f"case $1 in {quoted(x)}) echo refused;; esac",
    "condition": lambda x: f"if grep -qF -- {quoted(x)} f; then echo found; fi",
    "array": lambda x: f"refused=({quoted(x)}); for c in \"${{refused[@]}}\"; do echo \"$c\"; done",
    "printed variable": lambda x: f"printf -v m '%s' {quoted(x)}; echo \"${{#m}}\"",
    "docstring": lambda x: "python3 -c " + quoted(f"def f():\n    r{x!r}\n    return 1\nprint(f())"),
    "python comment": one_line(lambda x: "python3 -c " + quoted(f"print(1)  # {x}")),
    "python log": lambda x: "python3 -c " + quoted(f"import logging\nlogging.warning('refused %s', {x!r})"),
    "jq filter": lambda x: f"jq {quoted('map(select(.command == ' + json.dumps(x) + '))')} log.json",
}


# The same text where something runs it: what a mention became when it reached an interpreter.
TWINS = {
    "echo": lambda x: f"echo {quoted(x)} > a.txt; cat a.txt | bash",
    "notes": lambda x: f"cat <<'EOF' > notes.md\n{x}\nEOF\nbash notes.md",
    "tee": lambda x: f"tee notes.txt <<'EOF'\n{x}\nEOF\nsh < notes.txt",
    "appended": lambda x: f"echo '#' >> TODO.md; printf '%s\\n' {quoted(x)} >> TODO.md; . ./TODO.md",
    "variable": lambda x: f"msg={quoted(x)}; echo \"$msg\" | sh",
    "evaluated": lambda x: f"msg={quoted(x)}; eval \"$msg\"",
    "array": lambda x: f"todo=({quoted(x)}); for c in \"${{todo[@]}}\"; do bash -c \"$c\"; done",
    "printed variable": lambda x: f"printf -v m '%s' {quoted(x)}; bash -c \"$m\"",
    "encoded": lambda x: f"echo {quoted(x)} | base64 | base64 -d | sh",
    "print": lambda x: printed(x) + " | sh",
    "counted": lambda x: f"echo {quoted(x)} | tee /dev/null | bash",
    "grep": one_line(lambda x: f"echo {quoted(x)} | grep . | sh"),
    "heredoc": lambda x: f"cat <<'EOF' | tee log.txt | bash -s\n{x}\nEOF",
    "python string": lambda x: f"python3 - <<'EOF'\nimport os\ncases = [{x!r}]\nfor c in cases:\n    os.system(c)\nEOF",
    "jq": lambda x: f"jq -rn --arg c {quoted(x)} '$c' | sh",
    "substituted": lambda x: f"$(echo {quoted(x)})" if words(x) else None,
    "comment removed": one_line(lambda x: None if "#" in x else f"echo {quoted('# ' + x)} | sed 's/^# //' | sh"),
}
