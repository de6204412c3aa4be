"""What differs net of noise: a path at which direct never differs from direct, or differs less than chance explains."""

from collections.abc import Sequence

from tests.support.hand_made_runs import completion, keys_of, observed, plan_of, usage

from routeproof.evidence.observations import Arm, Ending, Observation
from routeproof.evidence.plan import Plan
from routeproof.prover.comparison.asking import PREFIX
from routeproof.prover.comparison.pairing import Triple, differences, triples_of

ARMS = (Arm.DIRECT, Arm.DIRECT_AGAIN, Arm.GATEWAY)
CASE = f"{PREFIX}plain"


def plan() -> Plan:
    """What X04 asks."""
    return plan_of("X04", arms=(Arm.DIRECT, Arm.GATEWAY))


def triples(count: int) -> list[Triple]:
    """So many trials of one case; their answers are told apart by their names alone."""
    found = plan()
    keys = [key for key in keys_of(found) if key.case == CASE and key.trial == 1]
    one, again, gateway = (observed(found, key._replace(arm=arm)) for key, arm in zip(keys, ARMS, strict=True))
    return [
        Triple(CASE, *(_numbered(each, number) for each in (one, again, gateway))) for number in range(1, count + 1)
    ]


def _numbered(observation: Observation, number: int) -> Observation:
    import msgspec

    return msgspec.structs.replace(observation, trial=number)


def found_by(rows: Sequence[tuple[str | None, str | None, str | None]]) -> list[tuple[int, int, int]]:
    """Times, pairs and noise of each difference at one path, whose values are those of each trial."""
    asked = triples(len(rows))
    read = {
        one.id: {} if value is None else {"path": value}
        for triple, values in zip(asked, rows, strict=True)
        for one, value in zip(triple[1:], values, strict=True)
    }
    return [(one.times, one.pairs, one.noise) for one in differences(asked, read)]


def test_a_single_difference_counts_where_there_is_no_noise() -> None:
    """Lost, added and changed alike."""
    same = ("a", "a", "a")

    assert found_by([same, same]) == []
    assert found_by([same, ("a", "a", "b")]) == [(1, 2, 0)]
    assert found_by([same, ("a", "a", None)]) == [(1, 2, 0)]
    assert found_by([(None, None, None), (None, None, "a")]) == [(1, 2, 0)]


def test_a_difference_no_greater_than_the_noise_is_none() -> None:
    """The model itself varies there."""
    assert found_by([("a", "b", "a"), ("a", "a", "b")]) == []
    assert found_by([("a", "b", "b")] * 6) == []


def test_a_difference_beyond_chance_is_told_with_its_noise() -> None:
    """Eight trials of nine against one: McNemar's exact p is 2 * 1/256."""
    rows = [("a", "b", "b")] + [("a", "a", "b")] * 8

    assert found_by(rows) == [(9, 9, 1)]


def test_a_trial_without_an_answer_is_not_compared() -> None:
    """And the report can say why."""
    asked = plan()
    keys = [key for key in keys_of(asked) if key.case == CASE]
    answer = completion(usage())
    seen = [
        observed(asked, key, answer)
        if key.arm is not Arm.GATEWAY
        else observed(asked, key, status=None, ending=Ending.CONNECT_FAILED)
        for key in keys
    ]
    found = triples_of(asked, seen)

    assert found.triples == ()
    assert found.reasons == ("gateway: connect-failed",)


def test_a_gateway_that_refuses_is_compared() -> None:
    """An error where direct has an answer is a difference, not an obstacle; a key that is refused says nothing."""
    asked = plan()
    keys = [key for key in keys_of(asked) if key.case == CASE]
    answer = completion(usage())

    def seen(status: int, body: bytes) -> list[Observation]:
        return [
            observed(asked, key, body, status=status) if key.arm is Arm.GATEWAY else observed(asked, key, answer)
            for key in keys
        ]

    assert len(triples_of(asked, seen(500, b'{"error":{"message":"x"}}')).triples) == len(keys) // 3
    refused = triples_of(asked, seen(401, b'{"error":{"message":"no such key"}}'))
    assert refused.triples == ()
    assert "Check the key" in refused.reasons[0]
