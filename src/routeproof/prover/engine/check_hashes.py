"""What decides a check's verdict, as one digest: its thresholds, and the source of its module and all it rests on."""

import ast
from collections.abc import Iterator
from functools import cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from routeproof.evidence.canonical import encode, sha256
from routeproof.prover.check import Check

_ROOT: Final = "routeproof.prover"
"""Oracles are in this room; what lies below it (values, formats, dialects) has tests and versions of its own."""


def check_hash(check: Check) -> str:
    """SHA-256: equal for equal ids, thresholds, needs and source text, wherever that is installed."""
    rests_on = {name for made in (check.cases, check.judge) for name in modules_behind(made.__module__)}
    sources = {name: _source_digest(name) for name in sorted(rests_on)}
    parts = (check.id, check.severity, check.method, check.needs, check.thresholds, sources, _schemas_digest())
    return sha256(encode(parts))


@cache
def modules_behind(module: str) -> frozenset[str]:
    """A module and every module of the prover that it imports, however far away."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _imported(name)
    return frozenset(found)


@cache
def _imported(module: str) -> frozenset[str]:
    return frozenset(name for name in _names(ast.parse(_source(module))) if name.startswith(f"{_ROOT}."))


def _names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == _ROOT:
            yield from (f"{_ROOT}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@cache
def _source_digest(module: str) -> str:
    return sha256(_source(module))


def _source(module: str) -> bytes:
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{module} has no source to hash", name=module)
    return Path(spec.origin).read_bytes()


@cache
def _schemas_digest() -> str:
    folder = resources.files(f"{_ROOT}.oracle").joinpath("schemas")
    return sha256(b"".join(one.read_bytes() for one in sorted(folder.iterdir(), key=lambda file: file.name)))
