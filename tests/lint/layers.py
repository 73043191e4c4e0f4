"""Holds the layers of docs/architecture.md: a module includes only what stands left of it."""

import sys

from files import includes, own_files, report

# Left to right; modules of one row do not include each other.
ROWS = [["base"], ["vocab"], ["image", "state", "doc"], ["read"], ["act"], ["code", "shell"], ["unfold"],
        ["effect"], ["match"], ["session"], ["score"], ["scan"], ["report", "arrow"], ["api"]]
MODULES = [module for row in ROWS for module in row] + ["compile"]

# Each foreign header enters through one file: header prefix -> {module or folder: how many files}.
FOREIGN = {
    "tree_sitter/": {"shell": 1, "code": 1},
    "hs_runtime.h": {"match": 1}, "hs/hs_runtime.h": {"match": 1},
    "hs_compile.h": {"compile": 1}, "hs/hs_compile.h": {"compile": 1},
    "hs.h": {"compile": 1}, "hs/hs.h": {"compile": 1},
    "libfyaml.h": {"compile": 1},
    "simdjson.h": {"doc": 1},
    "openssl/": {"base": 1},
    "zlib.h": {"read": 1, "base": 1}, "zstd.h": {"read": 1, "base": 1},
    "archive.h": {"read": 1}, "archive_entry.h": {"read": 1},
}
# Behaviour that depends on the host has no place in the library.
FORBIDDEN = {"ctype.h", "wctype.h", "locale.h", "time.h", "wchar.h", "sys/time.h"}
SOURCES = (".c", ".cpp", ".h")


def allowed_modules(module):
    if module == "compile":
        return {"base", "vocab", "image", "compile"}
    row = next(i for i, names in enumerate(ROWS) if module in names)
    return {name for names in ROWS[:row] for name in names} | {module}


def module_of(path):
    parts = path.split("/")
    return parts[1] if len(parts) > 2 else None


def check_module_file(path, foreign_uses):
    module = module_of(path)
    if module not in MODULES:
        return [f"{path}: '{module}' is not a module of the design"]
    problems = []
    for line, quote, header in includes(path):
        where = f"{path}:{line}"
        first = header.split("/")[0]
        if first == "trajsafe":
            continue
        if quote == '"':
            if "/" not in header:
                problems.append(f'{where}: write "{module}/{header}", paths start at libtrajsafe/')
            elif first not in allowed_modules(module):
                problems.append(f"{where}: '{module}' may not include '{header}'")
            continue
        if header in FORBIDDEN:
            problems.append(f"{where}: <{header}> depends on locale or clock")
        for prefix in FOREIGN:
            if header.startswith(prefix):
                foreign_uses.setdefault((prefix, module), {})[path] = where
    return problems


def check_foreign(foreign_uses):
    problems = []
    for (prefix, module), files in sorted(foreign_uses.items()):
        limit = FOREIGN[prefix].get(module, 0)
        if len(files) > limit:
            places = ", ".join(files.values())
            problems.append(f"<{prefix}…> may enter '{module}' in {limit} file(s), not {len(files)}: {places}")
    return problems


def check_public_only(folder):
    """Programs that users could have written see the public headers and their own files only."""
    problems = []
    for path in own_files(SOURCES, folder):
        for line, quote, header in includes(path):
            private = header.split("/")[0] in MODULES or header.startswith("libtrajsafe/")
            foreign = any(header.startswith(prefix) for prefix in FOREIGN)
            if private or foreign:
                problems.append(f"{path}:{line}: {folder} includes '{header}', which is not public")
    return problems


def main():
    problems, foreign_uses = [], {}
    for path in own_files(SOURCES, "libtrajsafe"):
        problems += check_module_file(path, foreign_uses)
    problems += check_foreign(foreign_uses)
    for path in own_files((".h",), "include"):
        for line, _quote, header in includes(path):
            if "/" in header and not header.startswith("trajsafe/"):
                problems.append(f"{path}:{line}: a public header includes '{header}'")
    for folder in ("tools/trajsafe", "examples", "tests/fuzz"):
        problems += check_public_only(folder)
    return report("layers", problems)


if __name__ == "__main__":
    sys.exit(main())
