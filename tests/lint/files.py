"""Finds the project's own files and reads their includes, for the checks of this folder."""

import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SKIP = {".git", "build", "node_modules", "__pycache__", ".pytest_cache", ".venv", "dist"}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^">]+)[">]', re.M)
COMMENT = re.compile(r'//[^\n]*|/\*.*?\*/|("(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\')', re.S)


def own_files(suffixes=None, under=""):
    """Paths from the root, sorted, of files that end in one of `suffixes`, below folder `under`."""
    found = []
    for folder, folders, names in os.walk(os.path.join(ROOT, under)):
        folders[:] = sorted(d for d in folders if d not in SKIP and not d.startswith("build-"))
        for name in names:
            if suffixes is None or name.endswith(tuple(suffixes)):
                found.append(os.path.relpath(os.path.join(folder, name), ROOT))
    return sorted(found)


def text_of(path):
    with open(os.path.join(ROOT, path), encoding="utf-8", errors="replace") as file:
        return file.read()


def includes(path):
    """Triples (line, quote, header) of a C source."""
    text = text_of(path)
    return [(text.count("\n", 0, m.start()) + 1, m[1], m[2]) for m in INCLUDE.finditer(text)]


def code_of(path):
    """The text without comments and with empty string literals; line numbers stay."""
    def blank(match):
        newlines = "\n" * match[0].count("\n")
        return '""' + newlines if match[1] else " " + newlines
    return COMMENT.sub(blank, text_of(path))


def report(name, problems):
    """Prints what was found and returns the exit status."""
    for problem in problems:
        print(f"{name}: {problem}")
    if not problems:
        print(f"{name}: clean")
    return 1 if problems else 0
