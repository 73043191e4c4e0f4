"""Options of the build that change how fast the result is: they configure, and say what is wrong with them."""

import os
import shutil
import subprocess

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def configure(folder, *options):
    if not shutil.which("ninja"):
        pytest.skip("no ninja")
    command = ["cmake", "-S", ROOT, "-B", str(folder), "-G", "Ninja", "-DTRAJSAFE_TESTS=OFF", "-DTRAJSAFE_EXAMPLES=OFF", *options]
    return subprocess.run(command, capture_output=True, text=True)


def flags(folder):
    with open(folder / "compile_commands.json", encoding="utf-8") as file:
        return file.read()


def test_profile_guided_optimisation(tmp_path):
    assert configure(tmp_path, "-DTRAJSAFE_PGO=generate").returncode == 0
    assert f"-fprofile-generate={tmp_path}/profile" in flags(tmp_path)
    early = configure(tmp_path, "-DTRAJSAFE_PGO=use")
    assert early.returncode != 0 and "make pgo" in early.stderr
    (tmp_path / "profile").mkdir()
    (tmp_path / "profile" / "x.gcda").write_bytes(b"")
    assert configure(tmp_path, "-DTRAJSAFE_PGO=use").returncode == 0
    assert f"-fprofile-use={tmp_path}/profile" in flags(tmp_path)
    wrong = configure(tmp_path, "-DTRAJSAFE_PGO=yes")
    assert wrong.returncode != 0 and "generate, use or nothing" in wrong.stderr
    assert configure(tmp_path, "-DTRAJSAFE_PGO=").returncode == 0
    assert "-fprofile" not in flags(tmp_path)


def test_link_time_optimisation(tmp_path):
    assert configure(tmp_path, "-DTRAJSAFE_LTO=ON").returncode == 0
    assert "-flto" in flags(tmp_path)
