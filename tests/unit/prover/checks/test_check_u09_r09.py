"""U09 and R09: checks that judge the plan itself."""

import msgspec
import pytest
from tests.support.hand_made_runs import judged, plan_of, shipped_prices

from routeproof.evidence.plan import Plan, PlannedPrices, SelfTest
from routeproof.evidence.results import Cause, CheckResult
from routeproof.evidence.verdicts import Verdict
from routeproof.prover.prices import planned_prices

PRICES = shipped_prices()


def provenance(plan: Plan) -> CheckResult:
    """U09."""
    return judged(plan, "U09", ())


def at(plan: Plan, created: str) -> Plan:
    """The plan as made at another instant."""
    return msgspec.structs.replace(plan, created=created)


def test_a_recent_price_with_its_source_passes() -> None:
    """The package's own."""
    assert provenance(plan_of("U09", prices=PRICES)).verdict is Verdict.PASS


def test_a_price_that_nobody_checked_for_a_while_fails() -> None:
    """From 90 days on; the result names the fact."""
    result = provenance(at(plan_of("U09", prices=PRICES), "2027-02-15T12:00:00.000Z"))

    assert (result.verdict, result.cause) == (Verdict.FAIL, Cause.PRICE)
    assert "fact 'deepseek/deepseek-flash/usd/2026-09-10/off-peak' was checked 106 days ago" in "".join(result.failures)


def test_a_check_of_the_future_fails() -> None:
    """A plan can't rest on what was read after it."""
    result = provenance(at(plan_of("U09", prices=PRICES), "2026-10-20T02:00:00.000Z"))

    assert "after the plan was made" in result.summary


def test_facts_that_were_touched_fail() -> None:
    """Their digest is what rows pin."""
    first = PRICES[0]
    touched = PlannedPrices(digest=first.digest, facts=first.facts.replace("150000000", "150000001"))

    result = provenance(plan_of("U09", prices=(touched,)))

    assert result.verdict is Verdict.FAIL
    assert "can't be relied on" in result.summary


@pytest.mark.parametrize(("prices", "verdict"), [((), Verdict.ERROR), (PRICES, Verdict.FAIL)])
def test_a_route_without_a_price_of_its_own_does_not_pass(prices: tuple[PlannedPrices, ...], verdict: Verdict) -> None:
    """Without facts nothing can be shown; facts that the route's digest leaves out may change unseen."""
    assert provenance(plan_of("U09", prices=prices, price_facts_digest=None)).verdict is verdict


def test_no_sheet_has_no_prices() -> None:
    """For a route that no fact speaks of."""
    assert planned_prices(None, 0) == ()


def qualified(self_test: SelfTest | None) -> CheckResult:
    """R09 of a plan with U01."""
    return judged(plan_of("R09", "U01", self_test=self_test), "R09", ())


def hashes() -> dict[str, str]:
    """Of the checks as they are."""
    return {check.id: check.sha256 for check in plan_of("R09", "U01").checks}


def test_a_complete_matrix_of_these_checks_qualifies_the_prover() -> None:
    """Others may be in it."""
    result = qualified(SelfTest(digest="ab" * 32, complete=True, check_hashes={**hashes(), "Z99": "00"}))

    assert result.verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("self_test", "verdict", "words"),
    [
        (None, Verdict.ERROR, "no self-test"),
        (SelfTest(digest="ab", complete=False, check_hashes=hashes()), Verdict.FAIL, "not complete"),
        (SelfTest(digest="ab", complete=True, check_hashes={}), Verdict.FAIL, "R09 is not in the self-test"),
        (
            SelfTest(digest="ab", complete=True, check_hashes=hashes() | {"U01": "00"}),
            Verdict.FAIL,
            "U01 is not the one that was tested",
        ),
    ],
)
def test_anything_else_does_not(self_test: SelfTest | None, verdict: Verdict, words: str) -> None:
    """Each says what to do."""
    result = qualified(self_test)

    assert result.verdict is verdict
    assert words in "".join(result.failures)
    assert "--self-test" in result.next_step
