"""All rules together: what ships is in order, what is ignored is left out, and the worst comes first."""

from pathlib import Path

import msgspec
import pytest
from tests.unit.operations.demo.demo_support import demo_config
from tests.unit.operations.lint.lint_scene import DEEPSEEK, MODEL, NOON, QWEN, gathered, scene_of

from routeproof.config.lint_codes import LintCode
from routeproof.config.starter import STARTER
from routeproof.operations.lint.catalogue import CATALOGUE
from routeproof.operations.lint.finding import Severity
from routeproof.operations.lint.linting import lint

MISTAKEN = '[server]\nlisten = "0.0.0.0:8400"\n[providers.deepseek]\ndialect = "deepseek"\napi_key = "none"\n'
ALONE = '[models.m]\nroutes = ["deepseek/deepseek-flash"]\n'


@pytest.mark.parametrize("text", [STARTER, demo_config()], ids=["starter", "demo"])
def test_what_ships_has_no_error(text: str, tmp_path: Path) -> None:
    """Nobody begins with a red light."""
    report = lint(gathered(tmp_path, text, NOON), strict=False)

    assert (report.ok, report.errors, report.ledger_read) == (True, 0, False)


def test_the_worst_comes_first() -> None:
    """With its severity, what it hurts and the remedy, as the catalogue has them."""
    report = lint(scene_of(MISTAKEN + ALONE), strict=False)

    assert [(row.severity, row.code) for row in report.findings] == [
        (Severity.ERROR, "key_unset"),
        (Severity.WARNING, "listens_plain"),
        (Severity.NOTE, "no_fallback"),
    ]
    assert (report.ok, report.errors, report.warnings, report.notes, report.ignored) == (False, 1, 1, 1, 0)
    meaning = CATALOGUE[LintCode.KEY_UNSET]
    assert (report.findings[0].hurts, report.findings[0].remedy) == (meaning.hurts, meaning.remedy)


def test_what_is_ignored_is_counted_and_not_told() -> None:
    """An error too: it is the operator's word."""
    ignored = '[lint]\nignore = ["key_unset", "no_fallback"]\n'
    report = lint(scene_of(MISTAKEN + ALONE + ignored), strict=False)

    assert (report.ok, [row.code for row in report.findings], report.ignored) == (True, ["listens_plain"], 2)


@pytest.mark.parametrize(
    ("text", "ok", "strictly_ok"),
    [
        (MISTAKEN + ALONE, False, False),
        (MISTAKEN.replace('"none"', '"env:KEY"') + ALONE, True, False),
        (DEEPSEEK + QWEN + ALONE, True, True),
    ],
)
def test_only_an_error_fails_unless_warnings_count(text: str, ok: bool, strictly_ok: bool) -> None:
    """Notes never do."""
    scene = scene_of(text)

    assert (lint(scene, strict=False).ok, lint(scene, strict=True).ok) == (ok, strictly_ok)


def test_the_report_says_when_it_is_for() -> None:
    """The instant, and the period of the ledger."""
    report = lint(scene_of(DEEPSEEK + QWEN + MODEL), strict=False)

    assert (report.at, report.since) == ("2026-11-24T12:00:00.000Z", "2026-10-25T12:00:00.000Z")


def test_every_code_has_its_meaning() -> None:
    """In the order of the codes; none without what it hurts and a remedy."""
    assert list(CATALOGUE) == list(LintCode)
    assert all(all(msgspec.structs.astuple(meaning)) for meaning in CATALOGUE.values())
