"""The programs that the benchmark needs: found, or installed where that is allowed, or named with the remedy."""

import os
import shutil
import subprocess
from typing import Final

from bench.errors import BenchError

PACKAGES: Final = {"wrk": "wrk", "nginx": "nginx-light", "openssl": "openssl", "taskset": "util-linux"}
"""Program to Debian package."""

_SEARCH: Final = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"))
_INSTALL_TIMEOUT_S: Final = 600


def find(program: str) -> str | None:
    """The program's path; the folders of system programs are searched even if PATH leaves them out."""
    return shutil.which(program, path=_SEARCH)


def require(programs: list[str]) -> dict[str, str]:
    """The path of each program; absent ones are installed with apt-get as root.

    Raises BenchError naming the packages to install.
    """
    missing = [program for program in programs if find(program) is None]
    if missing and os.geteuid() == 0 and find("apt-get") is not None:
        _install(missing)
    found = {program: path for program in programs if (path := find(program)) is not None}
    missing = [program for program in programs if program not in found]
    if missing:
        packages = " ".join(PACKAGES[program] for program in missing)
        raise BenchError(f"{', '.join(missing)} missing; install with: sudo apt-get install {packages}")
    return found


def version(argv: list[str]) -> str:
    """The first line that a program prints about its version, on either output."""
    run = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=30)
    lines = (run.stdout + run.stderr).strip().splitlines()
    return lines[0].strip() if lines else "unknown"


def _install(programs: list[str]) -> None:
    packages = [PACKAGES[program] for program in programs]
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for argv in (
        ["apt-get", "update", "--quiet"],
        ["apt-get", "install", "--quiet", "--yes", "--no-install-recommends", *packages],
    ):
        # What fails here shows as a program that is still missing.
        subprocess.run(argv, env=environ, check=False, capture_output=True, timeout=_INSTALL_TIMEOUT_S)
