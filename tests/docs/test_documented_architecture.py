"""`docs/architecture.md` shows the house as it is: ranks, addresses, and files that exist."""

import re
import tomllib

import pytest
from tests.support.clocks import DatedClock
from tests.support.documents import ROOT, document, rows_of, section, words_in

from routeproof.admin.app import build_app
from routeproof.gateway.application import ADDRESSES

TEXT = document("docs/architecture.md")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = PROJECT["tool"]["importlinter"]["contracts"]
(LAYERS,) = [contract["layers"] for contract in CONTRACTS if contract["type"] == "layers"]
RANKS = [set(re.findall(r"routeproof\.(\w+)", layer)) for layer in LAYERS]
PACKAGE = ROOT / "src" / "routeproof"


def test_ranks_are_those_that_the_linter_holds() -> None:
    """From the highest to the lowest."""
    listed = rows_of(TEXT, "rank")

    assert [set(words_in(row["rooms"])) for row in listed] == RANKS
    assert [int(row["rank"]) for row in listed] == list(range(len(RANKS), 0, -1))


def test_every_room_is_explained() -> None:
    """And every room has its rank."""
    explained = {word for row in rows_of(TEXT, "room") for word in words_in(row["room"])}
    rooms = {path.stem for path in PACKAGE.iterdir() if not path.name.startswith(("_", "py.typed"))}

    assert explained == rooms == set().union(*RANKS)


def test_every_address_of_the_data_plane_is_listed() -> None:
    """With its methods, and whether it needs a key."""
    listed = {
        (words_in(row["data plane"])[0].replace("{id}", ""), row["methods"], row["needs a key"] == "yes")
        for row in rows_of(TEXT, "data plane")
    }

    assert listed == {(row.path.decode(), ", ".join(row.methods), row.needs_key) for row in ADDRESSES}


def test_every_address_of_the_admin_plane_is_listed() -> None:
    """With its methods."""
    app = build_app(list, DatedClock("2026-11-24T12:00:00Z"))
    listed = {(words_in(row["admin plane"])[0], row["methods"]) for row in rows_of(TEXT, "admin plane")}

    assert listed == {(route.path, ", ".join(sorted(route.methods or ()))) for route in app.routes}


@pytest.mark.parametrize("heading", ["The way of an exchange", "Where to change what"])
def test_every_file_and_folder_that_is_named_exists(heading: str) -> None:
    """In the package, or else at the root."""
    named = [word for word in words_in(section(TEXT, heading)) if re.fullmatch(r"[\w./-]*(/\w*|\.(py|toml))", word)]

    assert named
    assert [word for word in named if not ((PACKAGE / word).exists() or (ROOT / word).exists())] == []
