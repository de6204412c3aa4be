"""The parts in C, compiled with an address and an undefined-behaviour sanitizer, over damaged input."""

import os
import shutil
import subprocess
import sys
import sysconfig
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest
from tests.support import native_attack

ROOT = Path(__file__).parents[2]
NATIVE = ROOT / "src/routeproof/native"
COMPILER = shutil.which(os.environ.get("CC", "cc"))
FLAGS = (
    *("-std=c11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-fvisibility=hidden"),
    *("-fsanitize=address,undefined", "-fno-sanitize-recover=all"),
)
TIMES = 20_000


def sanitizer() -> str | None:
    """Where the address sanitizer's library is; None where the compiler has none."""
    if COMPILER is None:
        return None
    named = subprocess.run([COMPILER, "-print-file-name=libasan.so"], capture_output=True, text=True, check=True)
    place = Path(named.stdout.strip())
    return str(place.resolve()) if place.is_absolute() and place.exists() else None


LIBRARY = sanitizer()
pytestmark = pytest.mark.skipif(LIBRARY is None, reason="no C compiler with an address sanitizer")


def compile_into(folder: Path, name: str, *sources: Path) -> None:
    """One extension, with every warning an error."""
    assert COMPILER is not None
    include = f"-I{sysconfig.get_path('include')}"
    target = folder / f"{name}{EXTENSION_SUFFIXES[0]}"
    command = [COMPILER, *FLAGS, include, "-o", str(target), *map(str, sources)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def attack(folder: Path, seed: int) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "LD_PRELOAD": str(LIBRARY),
        "ASAN_OPTIONS": "detect_leaks=0",  # an interpreter frees little at its end
        "PYTHONMALLOC": "malloc",  # each object is an allocation of its own, so that its bounds are guarded
    }
    command = [sys.executable, native_attack.__file__, str(folder), str(TIMES), str(seed)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_no_damaged_input_makes_them_read_or_write_where_they_must_not(tmp_path: Path) -> None:
    """Each reader refuses some of it and takes some, and none of it leads outside of what it was given."""
    compile_into(tmp_path, "plain", *sorted(NATIVE.glob("plain*.c")))
    compile_into(tmp_path, "ledgerrows", *sorted(NATIVE.glob("ledger*.c")))
    done = attack(tmp_path, seed=1)

    assert done.returncode == 0, done.stderr[-4_000:]
    taken = {name: int(count) for name, count in (line.split() for line in done.stdout.splitlines())}
    assert set(taken) == {"fields", "chat", "head", "request", "record", "rows"}
    assert all(0 < taken[name] < TIMES for name in ("fields", "chat", "head")), taken
