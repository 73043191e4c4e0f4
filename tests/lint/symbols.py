"""Checks the built libraries: they export the declared trajsafe_* functions and nothing else, our
objects hold no writable data, what our files share among themselves carries our prefix, and they call nothing that depends on the
host or belongs to the program."""

import glob
import os
import re
import subprocess
import sys

from files import ROOT, own_files, report, code_of

BUILD = os.path.join(ROOT, os.environ.get("BUILD", "build/release"))
OBJECTS = ("tj_base", "tj_core", "tj_compiler", "tj_builtin")
DECLARED = re.compile(r"\b(trajsafe_[a-z0-9_]+)\s*\(")
# Writable data we accept in our objects, as (object file, symbol) patterns with a reason.
ALLOWED = [
    # The guard and references that the C++ compiler makes for simdjson's inline functions.
    (r"/doc/[^/]+\.cpp\.o$", r"DW\.ref\.|guard variable|simdjson"),
]


# What a library that is a good guest does not call: environment, locale, clock, hidden state, the
# process's streams, its end.
UNWELCOME = re.compile(r"^(getenv|secure_getenv|setenv|putenv|setlocale|newlocale|uselocale|__ctype_\w+_loc|strto(d|f|ld)|"
                       r"atof|isw\w+|tow\w+|str(n)?casecmp|strcoll|time|clock|clock_gettime|gettimeofday|localtime(_r)?|"
                       r"gmtime(_r)?|strtok|s?rand|s?random|_?_?setjmp|longjmp|_?exit|abort|printf|__printf_chk|"
                       r"f?puts|putchar|stdout|stderr|fork|system|popen|exec\w+|signal|sigaction)$")


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def exported(library):
    names = [line.split() for line in run("nm", "-D", "--defined-only", library).splitlines()]
    return {parts[-1].split("@")[0] for parts in names if len(parts) >= 3 and parts[1] != "A"}


def declared_functions():
    names = set()
    for path in own_files((".h",), "include"):
        # A typedef's or macro's name before "(" is no function; functions end in a declaration.
        code = re.sub(r"^\s*#.*(?:\\\n.*)*", "", code_of(path), flags=re.M)
        code = re.sub(r"static\s+inline\b[^{;]*\{.*?\n\}", "", code, flags=re.S)
        names |= {m[1] for m in DECLARED.finditer(code) if not re.search(r"\(\s*\*\s*$", code[:m.start()])}
    return names


def check_exports():
    problems, seen = [], set()
    for name in ("libtrajsafe.so", "libtrajsafe-compile.so"):
        library = os.path.join(BUILD, name)
        if not os.path.exists(library):
            return [f"{library} is missing: run `make build`"]
        symbols = exported(library)
        problems += [f"{name} exports '{s}'" for s in sorted(symbols) if not s.startswith("trajsafe_")]
        seen |= symbols
    declared = declared_functions()
    problems += [f"'{s}' is declared in include/ and exported by no library" for s in sorted(declared - seen)]
    problems += [f"'{s}' is exported and declared in no public header"
                 for s in sorted(seen - declared) if s.startswith("trajsafe_")]
    return problems


def writable(section):
    return (section == "*COM*" or section.startswith((".data", ".bss", ".tdata", ".tbss"))) \
        and not section.startswith(".data.rel.ro")


def check_object(path):
    problems, short = [], os.path.relpath(path, BUILD)
    for line in run("objdump", "-t", "-C", path).splitlines():
        match = re.match(r"^[0-9a-f]{16} (.)(.{6}) (\S+)\s+([0-9a-f]+)\s+(?:\.hidden |\.internal )?(.+)$", line)
        if not match:
            continue
        binding, flags, section, size, name = match.groups()
        is_data = "O" in flags or section == "*COM*"
        if is_data and int(size, 16) and writable(section):
            if not any(re.search(f, path) and re.search(s, name) for f, s in ALLOWED):
                problems.append(f"{short}: '{name}' is writable ({section})")
        if binding == "g" and section != "*UND*" and path.endswith(".c.o"):
            if not name.startswith(("tj_", "trajsafe_")):
                problems.append(f"{short}: '{name}' is shared between files without the prefix tj_")
    return problems


def check_calls(path):
    names = [line.split()[-1].split("@")[0] for line in run("nm", "-u", path).splitlines() if line.split()]
    short = os.path.relpath(path, BUILD)
    return [f"{short}: calls '{name}'" for name in names if UNWELCOME.match(name)]


def main():
    problems = check_exports()
    for target in OBJECTS:
        folder = os.path.join(BUILD, "libtrajsafe/CMakeFiles", f"{target}.dir")
        for path in sorted(glob.glob(os.path.join(folder, "**/*.o"), recursive=True)):
            problems += check_object(path)
            if path.endswith(".c.o"):
                problems += check_calls(path)
    return report("symbols", problems)


if __name__ == "__main__":
    sys.exit(main())
