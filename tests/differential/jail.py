"""Runs generated scripts under a real shell where they can do nothing, and tells which argv every stub saw.

Only what the generators of this folder make may go in; `refuse` turns back what they never make. The shell runs in its own
process group with limits on time, memory, processes and file size, as `nobody` when started by root, without environment, in
an empty temporary folder, restricted (`set -r`, and `set -f`: no file names), with builtins off but for the few that are named, and with a PATH that holds
the stub under many names and, where a case needs them, filters that read stdin and write stdout (`tr`, `cut`, …)."""

import os
import re
import resource
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass, field

NAMES = ("rm curl wget foo bar cmd cp mv ls cat git ssh chmod dd find tee touch mkdir sh_ python3_ a b x f g "
         "args prog do_it run_it").split()
# Harmless without files: they change the shell itself or print. No cd, exec, trap, kill, source, ulimit, fc, bind …
WORD_BUILTINS = ("echo printf test [ : true false eval local read set shift declare typeset unset export let mapfile "
                 "readarray return break continue getopts shopt").split()
SCRIPT_BUILTINS = WORD_BUILTINS + ["wait", "readonly", "pushd", "popd", "dirs", "alias", "unalias", "hash", "type"]
FILTERS = "tr rev cut sed base64 base32 xxd head tail seq cat basename dirname od tac sort uniq wc fold nl paste openssl gzip gunzip awk".split()
CHUNK = 300
NOBODY = 65534

REFUSED = re.compile(
    rb"/dev/(tcp|udp)|(?<![A-Za-z0-9_])(kill|exec|trap|coproc|suspend|ulimit|enable|builtin|source|command|mkfifo|mknod)(?![A-Za-z0-9_])")
REDIRECTION = re.compile(rb"(?<![$<>&])[<>]>?[|&]?(?![<>&(=])")


def refuse(script, redirections=False, allowed=()):
    """True when a script holds what no generator makes. Redirections may only go to descriptors or /dev/null."""
    if b"\0" in script or any(found.group().decode() not in allowed for found in REFUSED.finditer(script)):
        return True
    if redirections:
        return False
    bare = re.sub(rb"[0-9]*>&[0-9-]|<<<|<\(|[0-9&]*>>? ?/dev/null|\$?\(\([^()]*\)\)", b"", script)
    return b">" in bare or re.search(rb"(?<!<)<(?!<)", bare) is not None


@dataclass
class Outcome:
    argv: list = field(default_factory=list)  # of every stub, in order: lists of bytes, the name first
    status: int = -1
    error: bytes = b""  # what the shell wrote to stderr
    lost: bool = False  # it ran into a limit: nothing is known


def quoted(script):
    return b"'" + script.replace(b"'", b"'\\''") + b"'"


class Jail:
    """`with Jail(stub=PATH) as jail: jail.run([b"rm $x"])`. Without a stub program, stubs are shell functions: the same for
    the words of simple commands and a hundred times faster; `names` are those it answers to."""

    def __init__(self, shell="bash", stub=None, names=NAMES, builtins=WORD_BUILTINS, filters=(), timeout=60, restricted=True,
                 redirections=False, allowed=()):
        self.shell, self.stub, self.names, self.builtins = shell, stub, list(names), list(builtins)
        self.filters, self.timeout, self.restricted, self.redirections = list(filters), timeout, restricted, redirections
        self.program = shutil.which(shell)
        self.allowed = allowed  # words that are refused otherwise
        self.turned_back = 0

    def __enter__(self):
        self.root = tempfile.mkdtemp(prefix="tj-jail-")
        os.chmod(self.root, 0o755)
        self.bin, self.work = os.path.join(self.root, "bin"), os.path.join(self.root, "work")
        os.mkdir(self.bin, 0o755)
        self._fresh_folder()
        if self.stub:
            copy = os.path.join(self.bin, ".stub")
            shutil.copy(self.stub, copy)
            os.chmod(copy, 0o755)
            for name in self.names:
                os.symlink(".stub", os.path.join(self.bin, name))
        for name in self.filters:
            found = shutil.which(name, path="/usr/bin:/bin")
            if found and not os.path.lexists(os.path.join(self.bin, name)):
                os.symlink(found, os.path.join(self.bin, name))
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.root, ignore_errors=True)

    def _fresh_folder(self):
        shutil.rmtree(self.work, ignore_errors=True)
        os.mkdir(self.work, 0o700)
        if os.geteuid() == 0:
            os.chown(self.work, NOBODY, NOBODY)

    def _limits(self):
        os.setpgid(0, 0)
        for what, limit in ((resource.RLIMIT_CPU, self.timeout), (resource.RLIMIT_FSIZE, 1 << 26),
                            (resource.RLIMIT_AS, 1 << 30), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, 256),
                            (resource.RLIMIT_NPROC, 256)):
            resource.setrlimit(what, (limit, limit))
        if os.getuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)

    def _prologue(self):
        lines = []
        if not self.stub:
            for name in self.names:
                lines.append(b"%s() { printf '%%s\\0' A \"$(($#+1))\" %s \"$@\" >&9; }" % (name.encode(), name.encode()))
        if self.shell == "bash":
            keep = "|".join(self.builtins + ["enable", "printf", "eval", "set"])
            lines.append(b"for b in $(enable -a | while read -r x y; do echo \"$y\"; done); do case $b in %s) ;; *) enable -n \"$b\" ;; esac; done"
                         % keep.replace("[", "\\[").encode())
            lines.append(b"unset b x y; enable -n enable")
        return b"\n".join(lines) + b"\n"

    def _case(self, i, script):
        inner = b"set -rf; eval " if self.restricted and self.shell == "bash" else b"set -f; eval " if self.restricted else b"eval "
        return (b"printf '\\0%%s\\0' %d >&8; printf '%%s\\0' B %d >&9; ( %s%s ) 2>&8 </dev/null >/dev/null; "
                b"printf '%%s\\0' E $? >&9\n" % (i, i, inner, quoted(script)))

    def _shell(self, scripts, first):
        """One process; fills what it got to."""
        argv = [self.program] + (["--norc", "--noprofile"] if self.shell == "bash" else ["-f"] if self.shell == "zsh" else [])
        text = self._prologue() + b"".join(self._case(first + i, s) for i, s in enumerate(scripts))
        program = os.path.join(self.root, "program")  # a pipe would be read byte by byte
        with open(program, "wb") as file:
            file.write(text)
        with tempfile.TemporaryFile() as records, tempfile.TemporaryFile() as errors:
            r, e = os.open("/proc/self/fd/%d" % records.fileno(), os.O_WRONLY | os.O_APPEND), os.open(
                "/proc/self/fd/%d" % errors.fileno(), os.O_WRONLY | os.O_APPEND)

            def start():
                os.dup2(r, 9)
                os.dup2(e, 8)
                self._limits()

            # File descriptors 3-7 stay closed in the shell; what it inherits are 8 and 9 alone.
            process = subprocess.Popen(argv + [program], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=e, cwd=self.work,
                                       env={"PATH": self.bin, "HOME": "/home/me", "LC_ALL": "C.UTF-8"}, preexec_fn=start,
                                       pass_fds=(8, 9))
            try:
                process.wait(self.timeout)
            except subprocess.TimeoutExpired:
                pass
            finally:
                try:
                    os.killpg(process.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
                process.wait()
                os.close(r)
                os.close(e)
            records.seek(0)
            errors.seek(0)
            return records.read(), errors.read()

    def run(self, scripts, chunk=CHUNK):
        """One Outcome for each script, in order. What the jail turns back or loses is `lost`."""
        outcomes = [Outcome() for _ in scripts]
        todo = []
        for i, script in enumerate(scripts):
            if refuse(script, self.redirections, self.allowed):
                outcomes[i].lost = True
                self.turned_back += 1
            else:
                todo.append(i)
        while todo:
            part, todo = todo[:chunk], todo[chunk:]
            while part:
                done = self._some([scripts[i] for i in part], [outcomes[i] for i in part])
                if done < len(part):
                    outcomes[part[done]].lost = True
                    done += 1
                part = part[done:]
        return outcomes

    def _some(self, scripts, outcomes):
        records, errors = self._shell(scripts, 0)
        if os.listdir(self.work):
            self._fresh_folder()
        at = -1
        fields = records.split(b"\0")
        i = done = 0
        while i < len(fields) - 1:
            kind = fields[i]
            if kind == b"B":
                at = int(fields[i + 1])
                i += 2
            elif kind == b"A":
                n = int(fields[i + 1])
                outcomes[at].argv.append(fields[i + 2:i + 2 + n])
                i += 2 + n
            elif kind == b"E":
                outcomes[at].status = int(fields[i + 1])
                done = at + 1
                i += 2
            else:
                raise RuntimeError("the jail's records are broken at %r" % fields[i:i + 3])
        marks = errors.split(b"\0")
        for k in range(1, len(marks) - 1, 2):
            if int(marks[k]) < len(outcomes):
                outcomes[int(marks[k])].error = marks[k + 1]
        return done
