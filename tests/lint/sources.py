"""Checks what every source keeps to: a first line that says what it is for, small files, no call
whose answer depends on the host, no address of a package registry."""

import re
import sys

from files import code_of, own_files, report, text_of

MAX_LINES = 600
C_SUFFIXES = (".c", ".cpp", ".h")
# Calls that read the environment, the locale or a clock, or keep hidden state.
CALLS = re.compile(r"\b(getenv|secure_getenv|setenv|putenv|setlocale|newlocale|uselocale|strtod|strtof|atof|"
                   r"isalpha|isdigit|isalnum|isspace|isupper|islower|isprint|ispunct|isxdigit|tolower|toupper|"
                   r"isw[a-z]+|strcasecmp|strncasecmp|strcoll|time|clock|clock_gettime|gettimeofday|localtime|"
                   r"gmtime|strtok|rand|srand|random|setjmp|longjmp|gets|sprintf|strcpy|strcat)\s*\(")
REGISTRIES = re.compile(r"registry[.](npmjs|yarnpkg)|files[.]pythonhosted[.]org|pypi[.]org/(simple|packages)|"
                        r"deb[.]debian[.]org|static[.]crates[.]io|proxy[.]golang[.]org", re.I)


def check_c(path):
    problems, lines = [], text_of(path).splitlines()
    if not lines or not lines[0].startswith(("//", "/*")):
        problems.append(f"{path}:1: the first line is a comment that says what the file is for")
    if len(lines) > MAX_LINES:
        problems.append(f"{path}: {len(lines)} lines; the limit is {MAX_LINES}")
    if path.startswith("libtrajsafe/"):
        for number, line in enumerate(code_of(path).splitlines(), 1):
            for match in CALLS.finditer(line):
                problems.append(f"{path}:{number}: {match[1]}() depends on the host or keeps hidden state")
    return problems


def main():
    problems = []
    for path in own_files(C_SUFFIXES):
        problems += check_c(path)
    for path in own_files():
        for number, line in enumerate(text_of(path).splitlines(), 1):
            if REGISTRIES.search(line):
                problems.append(f"{path}:{number}: address of a package registry")
    if '"resolved"' in text_of("third_party/package-lock.json"):
        problems.append("third_party/package-lock.json: has a 'resolved' address; only integrity hashes belong there")
    return report("sources", problems)


if __name__ == "__main__":
    sys.exit(main())
