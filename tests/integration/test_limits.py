"""Every bound has a test of its own that is called after it."""

import ast
from functools import cache
from pathlib import Path

import msgspec
import pytest

from routeproof.limits import MAY_BE_ZERO, Limits

HERE = Path(__file__).parent
BOUNDS = [field.name for field in msgspec.structs.fields(Limits)]


@cache
def names_here() -> set[str]:
    """The names of all tests in this folder."""
    trees = (ast.parse(path.read_text()) for path in HERE.glob("test_*.py"))
    return {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("bound", BOUNDS)
def test_a_bound_is_tested_over_sockets(bound: str) -> None:
    """A new field of `Limits` needs a test `test_<its name>` in this folder."""
    assert f"test_{bound}" in names_here()


def test_what_may_be_zero_is_a_bound() -> None:
    """The exceptions name bounds that exist."""
    assert set(BOUNDS) > MAY_BE_ZERO
