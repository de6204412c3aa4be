"""Which evidence of the data directory counts for lint."""

from pathlib import Path

import msgspec
import pytest
from tests.support.sample_evidence import NOW_NS, PLAN, PROVIDER_KEY, bundle_of, statement_of
from tests.unit.operations.lint.lint_scene import provider, settings_of

from routeproof.clock import parse_instant
from routeproof.evidence.statement import Predicate
from routeproof.evidence.verdicts import Facet, Verdict
from routeproof.operations.lint.kept_evidence import KeptEvidence, summarise
from routeproof.operations.lint.scene import EvidenceSummary
from routeproof.store.evidence_store import keep_evidence

NAME = PLAN.route.name
PROVIDER = {
    "dialect": "deepseek",
    "base_url": "https://api.deepseek.example/v1",
    "region": "cn",
    "api_key": "env:KEY",
}
MODEL = f'[models.m]\nroutes = ["{NAME}"]\n'
SETTINGS = settings_of(provider("deepseek", **PROVIDER) + MODEL, KEY=PROVIDER_KEY)
PREDICATE = statement_of().predicate


def failed(facet: Facet) -> Predicate:
    """The same run, but for one facet."""
    facets = tuple(
        msgspec.structs.replace(one, verdict=Verdict.FAIL) if one.facet is facet else one
        for one in PREDICATE.run.facets
    )
    return msgspec.structs.replace(PREDICATE, run=msgspec.structs.replace(PREDICATE.run, facets=facets))


def test_evidence_in_the_data_directory_is_found(tmp_path: Path) -> None:
    """What can't be read is counted."""
    settings = settings_of(provider("deepseek", **PROVIDER) + MODEL, tmp_path, KEY=PROVIDER_KEY)
    assert KeptEvidence().summary(settings, NOW_NS) == EvidenceSummary(False)

    kept = keep_evidence(settings.server.data_dir, bundle_of())
    kept.path.with_stem("0" * 64).write_bytes(b"{}")
    assert KeptEvidence().summary(settings, NOW_NS) == EvidenceSummary(
        True, {NAME: frozenset((Facet.ROUTE, Facet.JSON))}, unreadable=1
    )


@pytest.mark.parametrize(
    ("at", "counts"),
    [
        (PREDICATE.run.ended, True),
        ("2026-11-24T12:00:59.999Z", False),
        (PREDICATE.expires, False),
    ],
)
def test_evidence_counts_from_its_end_to_its_expiry(at: str, counts: bool) -> None:
    """The end is in, the expiry is not."""
    assert (NAME in summarise(SETTINGS, [PREDICATE], parse_instant(at))) is counts


@pytest.mark.parametrize(
    ("change", "counts"),
    [
        ({}, True),
        ({"region": "us"}, False),
        ({"base_url": "https://api.deepseek.example/v2"}, False),
        ({"dialect": "openai"}, False),
        ({"workspace": "ws"}, False),
        ({"api_key": "env:OTHER"}, False),
        ({"api_key": "env:ABSENT"}, True),
    ],
)
def test_evidence_is_of_the_route_as_configured(change: dict[str, str], counts: bool) -> None:
    """What was tested may have been another one; a key that is not here says nothing."""
    text = provider("deepseek", **(PROVIDER | change)) + MODEL
    settings = settings_of(text, KEY=PROVIDER_KEY, OTHER="sk-another-one")

    assert (NAME in summarise(settings, [PREDICATE], NOW_NS)) is counts


def test_evidence_of_a_provider_that_is_gone_does_not_count() -> None:
    """It is no route any more."""
    settings = settings_of(provider("other") + '[models.m]\nroutes = ["other/x"]\n')

    assert summarise(settings, [PREDICATE], NOW_NS) == {}


def test_the_newest_run_that_looked_decides() -> None:
    """A failure now outweighs a pass before, and a pass now the failure."""
    later = failed(Facet.JSON)

    assert summarise(SETTINGS, [later, PREDICATE], NOW_NS) == {NAME: frozenset((Facet.ROUTE,))}
    assert summarise(SETTINGS, [PREDICATE, later], NOW_NS) == {NAME: frozenset((Facet.ROUTE, Facet.JSON))}
