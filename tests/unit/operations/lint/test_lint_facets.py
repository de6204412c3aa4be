"""Capabilities in use that nobody has checked."""

import msgspec
from tests.unit.operations.lint.lint_scene import DEEPSEEK, QWEN, found, only, scene_of

from routeproof.config.lint_codes import LintCode
from routeproof.evidence.verdicts import Facet
from routeproof.operations.lint.scene import EvidenceSummary, LintScene
from routeproof.store.route_use import LedgerUse, RouteUse, Times

FLASH, PLUS = "deepseek/deepseek-flash", "qwen/qwen-plus"
TEXT = f'{DEEPSEEK}{QWEN}[models.m]\nroutes = ["{FLASH}", "{PLUS}"]\n'
NEVER = Times(0, None)
USED = RouteUse(FLASH, "m", 3, Times(9, 9), Times(8, 8), NEVER, Times(4, 5), Times(2, 7), NEVER)


def scene(evidence: EvidenceSummary, *uses: RouteUse) -> LintScene:
    """With a ledger of these uses."""
    return scene_of(TEXT, ledger=LedgerUse(9, uses), evidence=evidence)


def proven(*facets: Facet, route: str = FLASH) -> EvidenceSummary:
    """Evidence of these facets."""
    return EvidenceSummary(True, {route: frozenset(facets)})


def test_a_facet_in_use_without_evidence_is_told() -> None:
    """By the facets, by who asks for them, and by the last such request."""
    finding = only(scene(proven(Facet.CHAT, Facet.TOOLS), USED), LintCode.FACET_UNCHECKED)

    assert (
        finding.found
        == f"{FLASH} is used for reasoning by 3 keys or more, and no evidence that counts says that it can"
    )
    assert finding.where == ["m", "req_0000000000000007"]


def test_what_is_proven_is_in_order() -> None:
    """All that is used, and of that route."""
    used = (Facet.CHAT, Facet.TOOLS, Facet.REASONING)

    assert found(scene(proven(*used), USED), LintCode.FACET_UNCHECKED) == []
    assert "chat, tools, reasoning" in only(scene(proven(*used, route=PLUS), USED), LintCode.FACET_UNCHECKED).found


def test_names_that_lead_to_one_route_are_told_together() -> None:
    """Only those that use what is not proven."""
    plain = msgspec.structs.replace(USED, model_asked="plain", tool_calls=NEVER, thinking=NEVER)
    other = msgspec.structs.replace(
        USED, model_asked="other", thinking=NEVER, streamed=Times(1, 3), long_context=Times(1, 4)
    )
    finding = only(scene(proven(Facet.CHAT), USED, plain, other), LintCode.FACET_UNCHECKED)

    assert "stream, tools, reasoning, long-context" in finding.found
    assert finding.where == ["m", "other", "req_0000000000000007"]


def test_no_evidence_at_all_is_one_finding() -> None:
    """With what all the routes are used for; files that can't be read are told."""
    other = msgspec.structs.replace(USED, route=PLUS, thinking=NEVER, streamed=Times(1, 3))
    finding = only(scene(EvidenceSummary(False, unreadable=2), USED, other), LintCode.NO_EVIDENCE)

    assert finding.found == (
        f"{FLASH}, {PLUS} are used for chat, stream, tools, reasoning, and there is no evidence of any route; "
        "2 files of evidence can't be read"
    )
    assert finding.where == ["m", "req_0000000000000008"]
    assert found(scene(EvidenceSummary(False), USED), LintCode.FACET_UNCHECKED) == []


def test_what_is_not_used_needs_no_evidence() -> None:
    """Nor what was tried in vain, nor what an earlier configuration left in the ledger."""
    failed = msgspec.structs.replace(USED, answered=NEVER, tool_calls=NEVER, thinking=NEVER)
    gone = msgspec.structs.replace(USED, route="gone/x")
    for uses in ((), (failed,), (gone,)):
        for evidence in (EvidenceSummary(False), proven()):
            found_here = scene(evidence, *uses)

            assert found(found_here, LintCode.NO_EVIDENCE) == found(found_here, LintCode.FACET_UNCHECKED) == []
