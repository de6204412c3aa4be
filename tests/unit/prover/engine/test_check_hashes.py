"""What decides a check's verdict is in its hash, and nothing else is."""

import subprocess
import sys

from tests.support.sample_checks import check

from routeproof.evidence.plan import Threshold
from routeproof.evidence.verdicts import Severity
from routeproof.prover.checks.registry import checks_named
from routeproof.prover.engine.check_hashes import check_hash, modules_behind

(P01,) = checks_named(["P01"])


def test_a_check_rests_on_its_oracles_and_not_on_the_engine() -> None:
    """Their source is part of the hash."""
    behind = modules_behind(P01.judge.__module__)

    assert {
        "routeproof.prover.oracle.response_schema",
        "routeproof.prover.judges.rulings",
        P01.judge.__module__,
    } <= behind
    assert not behind & {
        "routeproof.prover.engine.running",
        "routeproof.prover.engine.sending",
        "routeproof.prover.engine.planning",
    }


def test_thresholds_severity_and_code_change_the_hash() -> None:
    """Each by itself."""
    hashes = {
        check_hash(one)
        for one in (
            check(),
            check(thresholds=(Threshold(name="rate", value=1, unit="ppm"),)),
            check(thresholds=(Threshold(name="rate", value=2, unit="ppm"),)),
            check(severity=Severity.M),
            check(needs=("facet.json",)),
            check(judge=P01.judge),
            check(id="Z02"),
        )
    }
    assert len(hashes) == 7


def test_the_hash_is_the_same_in_another_process() -> None:
    """Whoever has the same source comes to the same hash."""
    program = (
        "from routeproof.prover.checks.registry import checks_named\n"
        "from routeproof.prover.engine.check_hashes import check_hash\n"
        "print(check_hash(checks_named(['P01'])[0]))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == check_hash(P01)
