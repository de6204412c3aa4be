"""Names near and past their retirement, and names that nobody ruled on."""

from pathlib import Path

import pytest
from tests.unit.operations.lint.lint_scene import DEEPSEEK, entry, fill, found, gathered, only

from routeproof.config.lint_codes import LintCode

EDGE, BEFORE = "2026-07-24T15:59:00Z", "2026-07-24T15:58:59.999Z"
CHAT = "deepseek/deepseek-chat"
ON_CHAT = f'{DEEPSEEK}[models.talk]\nroutes = ["{CHAT}"]\n'
ELSEWHERE = f'{DEEPSEEK}[models.m]\nroutes = ["deepseek/deepseek-v4-flash"]\n'
MAPPED = f'[aliases."{CHAT}"]\npolicy = "map"\n'


def test_a_configured_name_past_its_retirement_is_an_error(tmp_path: Path) -> None:
    """From that very instant on, with where it stands and what follows it."""
    finding = only(gathered(tmp_path, ON_CHAT, EDGE), LintCode.ALIAS_RETIRED)

    assert (finding.severity, list(finding.where)) == ("error", ["models.talk.routes"])
    assert finding.found == (
        f"'{CHAT}' is retired since 2026-07-24T15:59:00.000Z; configured in talk; its successor is deepseek-v4-flash"
    )
    assert found(gathered(tmp_path, ON_CHAT, BEFORE), LintCode.ALIAS_RETIRED) == []


@pytest.mark.parametrize(("sent", "count"), [("2026-07-25T00:00:00Z", 1), ("2026-07-24T00:00:00Z", 0)])
def test_a_name_that_clients_still_send_is_an_error(sent: str, count: int, tmp_path: Path) -> None:
    """By key and request; what was sent before its retirement is history."""
    fill(tmp_path, entry(sent, CHAT, CHAT))
    findings = found(gathered(tmp_path, ELSEWHERE, "2026-07-26T00:00:00Z"), LintCode.ALIAS_RETIRED)

    assert len(findings) == count
    for finding in findings:
        assert "1 requests of 1 key, the last at 2026-07-25T00:00:00.000Z" in finding.found
        key_id, request_id = finding.where
        assert key_id == "key_abcdefghijkl"
        assert request_id.startswith("req_")


def test_a_mapped_name_is_in_order(tmp_path: Path) -> None:
    """Before its retirement and after it."""
    for at in (BEFORE, EDGE):
        scene = gathered(tmp_path, ON_CHAT + MAPPED, at)

        assert found(scene, LintCode.ALIAS_RETIRED) == found(scene, LintCode.ALIAS_RETIRING) == []


@pytest.mark.parametrize(
    ("at", "rule", "near"),
    [
        (BEFORE, "", True),
        ("2026-06-24T15:59:00Z", "", True),
        ("2026-06-24T15:58:59Z", "", False),
        ("2026-06-10T00:00:00Z", "warn_days = 60", True),
        ("2026-06-25T00:00:00Z", 'policy = "ignore"', True),
        ("2026-06-25T00:00:00Z", "warn_days = 0", True),
        (EDGE, "", False),
    ],
)
def test_a_name_is_near_its_retirement_thirty_days_before(at: str, rule: str, near: bool, tmp_path: Path) -> None:
    """Or earlier where its rule warns earlier; that clients are not warned hides it from nobody here."""
    rules = f'[aliases."{CHAT}"]\n{rule}\n' if rule else ""
    findings = found(gathered(tmp_path, ON_CHAT + rules, at), LintCode.ALIAS_RETIRING)

    assert [finding.severity for finding in findings] == ["warning"] * near


def test_a_name_that_nobody_uses_may_retire(tmp_path: Path) -> None:
    """It is neither near nor past."""
    scene = gathered(tmp_path, ELSEWHERE, BEFORE)

    assert found(scene, LintCode.ALIAS_RETIRING) == found(scene, LintCode.ALIAS_RETIRED) == []


def test_names_that_clients_may_send_want_a_rule(tmp_path: Path) -> None:
    """Where routes may be named, for each name that the facts retire; one with a rule is left out."""
    direct = "[server]\ndirect_routes = true\n"
    ruled = "".join(f'[aliases."deepseek/{name}"]\npolicy = "ignore"\n' for name in ("deepseek-chat",))

    assert CHAT in only(gathered(tmp_path, direct + ELSEWHERE, BEFORE), LintCode.ALIAS_UNPOLICED).found
    assert CHAT not in only(gathered(tmp_path, direct + ELSEWHERE + ruled, BEFORE), LintCode.ALIAS_UNPOLICED).found
    assert found(gathered(tmp_path, ELSEWHERE, BEFORE), LintCode.ALIAS_UNPOLICED) == []
