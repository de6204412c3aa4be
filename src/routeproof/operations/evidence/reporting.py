"""Makes the report of one evidence: verified first, compared with the last one of the same route, then rendered."""

from enum import StrEnum

from routeproof.errors import StoreError
from routeproof.evidence.bundle import read_bundle
from routeproof.evidence.verification import verify
from routeproof.operations.evidence.kept import EvidencePlace, earlier_evidence, evidence_named
from routeproof.operations.evidence.route_digests import RouteDigests
from routeproof.operations.evidence.signers import trusted_signers
from routeproof.operations.evidence.verifying import current_judges
from routeproof.operations.reports.building import build_report
from routeproof.operations.reports.rendering import html_report, markdown_report
from routeproof.prover.checks.registry import all_checks
from routeproof.store.evidence_store import read_bundle_file


class ReportFormat(StrEnum):
    """What a report is written as."""

    HTML = "html"
    MARKDOWN = "md"


def make_report(place: EvidencePlace, reference: str, kind: ReportFormat, at_ns: int) -> str:
    """The report of an evidence, by its digest, its route or its file. Raises StoreError where it can't be read."""
    stored = evidence_named(place, reference)
    data = read_bundle_file(stored.path)
    try:
        bundle = read_bundle(data)
    except ValueError as error:
        raise StoreError(f"{stored.path} is no evidence that can be shown ({error}); ask for it again") from error
    verified = verify(
        data,
        trusted_keys={one.key_id for one in trusted_signers(place.data_dir, place.rules)},
        at_ns=at_ns,
        route_digest=RouteDigests(place.settings).of(stored.statement.predicate.plan.route),
        judges=current_judges(),
    )
    report = build_report(
        bundle,
        stored.statement,
        reasons=verified.reasons,
        before=earlier_evidence(place, stored),
        proves={check.id: check.proves for check in all_checks()},
    )
    return html_report(report) if kind is ReportFormat.HTML else markdown_report(report)
