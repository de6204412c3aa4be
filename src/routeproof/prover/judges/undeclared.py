"""What a check comes to that can't be planned because the route does not declare a number that it needs."""

from routeproof.evidence.plan import PlannedCheck
from routeproof.evidence.results import CheckResult
from routeproof.evidence.verdicts import Verdict


def undeclared_limit(check: PlannedCheck, name: str, words: str) -> CheckResult:
    """ERROR: nothing was asked."""
    return CheckResult(
        check=check.id,
        verdict=Verdict.ERROR,
        summary=f"It could not run: the route declares no limit of {words}.",
        next_step=f"Declare {name} for this route by a fact or a setting, with the figure of the provider's page.",
    )
