"""Leaves out of what differs whatever follows from another difference: a list that tells each thing once."""

from collections.abc import Iterator, Sequence
from typing import Final

from routeproof.prover.comparison.facets import Difference

_OK: Final = "200"
_ALWAYS: Final = frozenset(("status", "ending"))
_OF_OTHER_KIND: Final = frozenset(("status", "ending", "content-type", "stream text", "stream end mark"))


def told_once(found: Sequence[Difference]) -> Iterator[Difference]:
    """The differences of all cases without those that follow from others of the same case."""
    for case in dict.fromkeys(one.case for one in found):
        yield from _of_case([one for one in found if one.case == case])


def _of_case(found: Sequence[Difference]) -> Iterator[Difference]:
    by_path = {one.path: one for one in found}
    status, kind = by_path.get("status"), by_path.get("content-type")
    for one in found:
        # An answer where an error was, or the other way round, differs in everything.
        if status is not None and _OK in (status.direct, status.gateway) and one.path not in _ALWAYS:
            continue
        # So does a body of another kind.
        if kind is not None and one.path not in _OF_OTHER_KIND:
            continue
        if not _follows(one, by_path):
            yield one


def _follows(one: Difference, by_path: dict[str, Difference]) -> bool:
    """Whether a member came or went with the object or list that it is in."""
    return any(
        (holder := by_path.get(path)) is not None
        and ((holder.gateway is None and one.gateway is None) or (holder.direct is None and one.direct is None))
        for path in _holders(one.path)
    )


def _holders(path: str) -> Iterator[str]:
    """What a JSON path lies in: of `a.b[].c` that is `a.b[]`, `a.b` and `a`."""
    while True:
        cut = max(path.rfind("."), path.rfind("[]"))
        if cut <= 0:
            return
        path = path[:cut]
        yield path
