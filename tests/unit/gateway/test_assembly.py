"""Routes that clients bring into being by naming them, and those of the configuration."""

import pytest
from tests.unit.gateway.assembly_support import with_snapshot

from routeproof.errors import UnknownModel
from routeproof.gateway.assembly import DIRECT_ROUTES_MAX
from routeproof.gateway.routes import Route
from routeproof.gateway.snapshot import Snapshot


def routed(snapshot: Snapshot, name: str) -> Route:
    """The one route that a name leads to."""
    (route,) = snapshot.plan_for(name).routes
    return route


def test_a_route_that_is_in_use_is_made_once() -> None:
    """Also where a model of the configuration has it."""

    def look(snapshot: Snapshot) -> None:
        assert routed(snapshot, "acme/new") is routed(snapshot, "acme/new")
        assert routed(snapshot, "acme/configured") is routed(snapshot, "assistant")

    with_snapshot(look)


def test_new_names_are_taken_however_many_were_invented() -> None:
    """The route that was unused for the longest makes room; one that is asked for again and again stays."""

    def look(snapshot: Snapshot) -> None:
        idle, busy, configured = (routed(snapshot, name) for name in ("acme/idle", "acme/busy", "acme/configured"))
        for number in range(DIRECT_ROUTES_MAX):
            assert routed(snapshot, f"acme/invented-{number}").model == f"invented-{number}"
            assert routed(snapshot, "acme/busy") is busy

        assert routed(snapshot, "acme/configured") is configured
        made_again = routed(snapshot, "acme/idle")
        assert made_again is not idle
        assert (made_again.name, made_again.pool) == (idle.name, idle.pool)

    with_snapshot(look)


def test_no_more_than_the_bound_are_kept() -> None:
    """The first of one too many is forgotten, and the second is not."""

    def look(snapshot: Snapshot) -> None:
        made = [routed(snapshot, f"acme/m{number}") for number in range(DIRECT_ROUTES_MAX + 1)]
        assert routed(snapshot, "acme/m1") is made[1]
        assert routed(snapshot, "acme/m0") is not made[0]

    with_snapshot(look)


@pytest.mark.parametrize("name", ["other/m", "acme/", "/m", "acme", "acme/a b", "acme/" + "x" * 201, "acme/\r\nx"])
def test_what_could_not_be_configured_is_no_route(name: str) -> None:
    """An unknown provider, a part that is missing, a name that may not go into a header."""

    def look(snapshot: Snapshot) -> None:
        with pytest.raises(UnknownModel):
            snapshot.plan_for(name)

    with_snapshot(look)
