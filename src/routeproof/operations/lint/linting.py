"""Runs every rule, leaves out what the operator ignores, and puts the worst first."""

from collections.abc import Callable, Iterator
from typing import Final

from routeproof.clock import format_instant
from routeproof.operations.lint.catalogue import CATALOGUE
from routeproof.operations.lint.exposure import key_files_open, keys_in_addresses, listeners, plain_connections
from routeproof.operations.lint.facets import facets_unchecked
from routeproof.operations.lint.failover import (
    fallbacks_out_of_reach,
    fallbacks_that_fail_together,
    models_of_one_route,
    rollbacks_that_do_not_help,
    routes_starved,
)
from routeproof.operations.lint.finding import Found, LintFinding, LintReport, Severity
from routeproof.operations.lint.names import names_nobody_ruled_on, names_of_retired, names_that_retire
from routeproof.operations.lint.prices import choices_that_depend, facts_of_age, prices_missing, workloads_of_one_kind
from routeproof.operations.lint.regions import (
    accounts_taken_for_one,
    keys_at_two_hosts,
    keys_of_other_plans,
    keys_unset,
    regions_of_other_hosts,
    regions_routed_alike,
    regions_unset,
)
from routeproof.operations.lint.scene import LintScene
from routeproof.operations.lint.sources import prices_by_hearsay, routes_never_seen_to_answer

Rule = Callable[[LintScene], Iterator[Found]]

RULES: Final[tuple[Rule, ...]] = (
    names_of_retired,
    names_that_retire,
    names_nobody_ruled_on,
    keys_unset,
    regions_unset,
    regions_of_other_hosts,
    accounts_taken_for_one,
    keys_of_other_plans,
    keys_at_two_hosts,
    regions_routed_alike,
    choices_that_depend,
    workloads_of_one_kind,
    prices_missing,
    facts_of_age,
    facets_unchecked,
    prices_by_hearsay,
    routes_never_seen_to_answer,
    fallbacks_that_fail_together,
    fallbacks_out_of_reach,
    models_of_one_route,
    rollbacks_that_do_not_help,
    routes_starved,
    keys_in_addresses,
    plain_connections,
    listeners,
    key_files_open,
)


def lint(scene: LintScene, *, strict: bool) -> LintReport:
    """What every rule finds; with `strict` a warning is as bad as an error."""
    found = [one for rule in RULES for one in rule(scene)]
    findings = [_told(one) for one in found if one.code not in scene.settings.lint_ignored]
    order = {severity: at for at, severity in enumerate(Severity)}
    findings.sort(key=lambda finding: order[finding.severity])
    count = {severity: sum(one.severity is severity for one in findings) for severity in Severity}
    return LintReport(
        ok=not count[Severity.ERROR] and not (strict and count[Severity.WARNING]),
        at=format_instant(scene.at_ns),
        since=format_instant(scene.since_ns),
        ledger_read=scene.ledger is not None,
        errors=count[Severity.ERROR],
        warnings=count[Severity.WARNING],
        notes=count[Severity.NOTE],
        ignored=len(found) - len(findings),
        findings=findings,
    )


def _told(found: Found) -> LintFinding:
    meaning = CATALOGUE[found.code]
    return LintFinding(
        found.code.value, meaning.severity, found.detail, meaning.hurts, list(found.where), meaning.remedy
    )
