"""Every check of the catalogue that this version can run; a module is read only when its check is asked for."""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Final

import routeproof.prover.checks as folder
from routeproof.prover.check import Check

_OTHERS: Final = frozenset(("registry",))


def all_checks() -> tuple[Check, ...]:
    """The checks of this folder's modules (each has one, `CHECK`), by id."""
    return tuple(_check_in(module) for module in _modules().values())


def checks_named(ids: Iterable[str]) -> tuple[Check, ...]:
    """These checks, in the catalogue's order. Raises ValueError that names those there are not."""
    known = _modules()
    wanted = set(ids)
    missing = sorted(wanted - known.keys())
    if missing:
        raise ValueError(f"there is no check {', '.join(missing)}; use some of {', '.join(known)}")
    return tuple(_check_in(module) for check, module in known.items() if check in wanted)


@cache
def _modules() -> Mapping[str, str]:
    """The modules by the ids of their checks: `p01_envelope` has P01."""
    names = sorted(module.name for module in iter_modules(folder.__path__) if module.name not in _OTHERS)
    return {name.partition("_")[0].upper(): name for name in names if not name.startswith("_")}


def _check_in(module: str) -> Check:
    found: Check = import_module(f"{folder.__name__}.{module}").CHECK
    assert found.id == module.partition("_")[0].upper(), f"{module} holds {found.id}"
    return found
