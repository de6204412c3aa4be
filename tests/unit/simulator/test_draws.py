"""Reproducible draws."""

import uuid

from routeproof.simulator.draws import Draws


def test_the_same_material_gives_the_same_draws() -> None:
    """Seed and words decide everything."""
    assert Draws("a", 1).take(100) == Draws("a", 1).take(100)
    assert Draws("a", 1).take(100) != Draws("a", 2).take(100)


def test_draws_do_not_depend_on_how_they_are_taken() -> None:
    """The bytes are one stream."""
    draws = Draws("a")
    pieces = b"".join(draws.take(size) for size in (1, 63, 64, 65, 7))
    assert pieces == Draws("a").take(200)


def test_numbers_stay_below_their_bound() -> None:
    """`below` covers its whole range and nothing else."""
    draws = Draws("numbers")
    assert {draws.below(3) for _ in range(100)} == {0, 1, 2}


def test_ids_have_their_shapes() -> None:
    """A UUID is a version 4 one; hexadecimal and alphanumeric ids have their length."""
    assert uuid.UUID(Draws("id").uuid()).version == 4
    assert len(Draws("id").hex(22)) == 22
    assert len(Draws("id").alnum(24)) == 24
    assert Draws("id").alnum(24).isalnum()
