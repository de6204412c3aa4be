"""A package from npm, installed once under build/ in one version with one content, or skipped with the reason."""

import fcntl
import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

HOMES = Path(__file__).parents[2] / "build" / "npm"
INSTALL_S = 100.0
_PATIENCE = ("--fetch-timeout=30000", "--fetch-retries=1", "--fetch-retry-mintimeout=500")
_CODE = re.compile(r"npm error code (\S+)")
_UNREACHABLE = frozenset(
    ("EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND", "ERR_SOCKET_TIMEOUT",
     "ETIMEDOUT", "E403", "E404", "E429", "E500", "E502", "E503", "E504")
)  # fmt: skip
"""npm's codes for a registry that isn't there, or won't give the package. All others are failures."""


@dataclass(frozen=True)
class NpmPackage:
    """One package without dependencies of its own."""

    name: str
    version: str
    integrity: str
    """The hash of its tarball: as npm writes it into lock files."""
    node: tuple[int, int]
    """The oldest Node.js that it says it runs on."""


def installed(package: NpmPackage) -> Path:
    """The package's folder. Skips where Node.js, npm or the registry is absent; fails where its content differs."""
    _require_node(package)
    HOMES.mkdir(parents=True, exist_ok=True)
    home = HOMES / f"{package.name.rpartition('/')[2]}-{package.version}"
    note = home / "installed"
    with home.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests run in more than one process
        if not note.is_file() or note.read_text() != package.integrity:
            _install(package, home)
            note.write_text(package.integrity)
    return home / "node_modules" / package.name


def _require_node(package: NpmPackage) -> None:
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("Node.js or npm is not installed")
    told = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    major, minor = told.strip().removeprefix("v").split(".")[:2]
    if (int(major), int(minor)) < package.node:
        pytest.skip(f"Node.js {told.strip()} is older than {package.name} wants")


def _install(package: NpmPackage, home: Path) -> None:
    """By a lock file, which is what makes npm compare hashes; its scripts are not run."""
    home.mkdir(exist_ok=True)
    needs = {"dependencies": {package.name: package.version}}
    tarball = f"https://registry.npmjs.org/{package.name}/-/{package.name.rpartition('/')[2]}-{package.version}.tgz"
    entry = {"version": package.version, "resolved": tarball, "integrity": package.integrity}
    locked = {"lockfileVersion": 3, "packages": {"": needs, f"node_modules/{package.name}": entry}}
    (home / "package.json").write_text(json.dumps(needs))
    (home / "package-lock.json").write_text(json.dumps(locked))
    argv = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", *_PATIENCE]
    try:
        run = subprocess.run(argv, cwd=home, capture_output=True, text=True, check=False, timeout=INSTALL_S)
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm's registry gave {package.name} in no time")
    if run.returncode:
        code = _CODE.search(run.stderr)
        if code is not None and code[1] in _UNREACHABLE:
            pytest.skip(f"npm's registry does not give {package.name}: {code[1]}")
        pytest.fail(f"{package.name} {package.version} can't be installed:\n{run.stderr}")
