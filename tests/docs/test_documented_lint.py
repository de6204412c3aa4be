"""`docs/lint.md` has every code with its severity, what it hurts and the remedy, as the command tells them."""

from tests.support.documents import bare, document, rows_of, section

from routeproof.cli.lint import SINCE_DEFAULT
from routeproof.config.lint_codes import LintCode
from routeproof.operations.lint.catalogue import CATALOGUE
from routeproof.operations.lint.failover import STARVED_SHARE
from routeproof.operations.lint.finding import Severity
from routeproof.operations.lint.hosts import LOCAL_ENDINGS
from routeproof.operations.lint.names import NEAR_DAYS
from routeproof.operations.prices.workload_from_log import LONG_CONTEXT_TOKENS

TEXT = document("docs/lint.md")
ROWS = {bare(row["code"]): row for row in rows_of(TEXT, "code")}


def test_every_code_is_listed() -> None:
    """In the order of the code, with its severity."""
    assert [(code, row["severity"]) for code, row in ROWS.items()] == [
        (code.value, CATALOGUE[code].severity.value) for code in LintCode
    ]


def test_what_it_hurts_and_the_remedy_are_the_command_s() -> None:
    """Word for word, but for the sentence that the page makes of them."""
    for code, row in ROWS.items():
        meaning = CATALOGUE[LintCode(code)]
        assert (row["hurts"], row["remedy"]) == (_sentence(meaning.hurts), _sentence(meaning.remedy)), code


def test_every_severity_is_listed() -> None:
    """The worst first."""
    assert [bare(row["severity"]) for row in rows_of(TEXT, "severity")] == [severity.value for severity in Severity]


def test_figures_are_those_of_the_code() -> None:
    """Days, shares, sizes and names of hosts."""
    looked_at = section(TEXT, "What it looks at")

    assert f"within {NEAR_DAYS} days" in ROWS["alias_retiring"]["found"]
    assert f"one request in {1 / STARVED_SHARE}" in ROWS["route_starved"]["found"]
    assert f"{SINCE_DEFAULT.removesuffix('d')} days before" in looked_at
    assert f"an input of {LONG_CONTEXT_TOKENS} tokens" in looked_at
    assert all(f"`.{ending}`" in looked_at for ending in LOCAL_ENDINGS)


def test_the_setting_is_documented() -> None:
    """In the page of the configuration, too."""
    rows = rows_of(section(document("docs/configuration.md"), "`[lint]`: findings that are not told"), "key")

    assert [(bare(row["key"]), row["default"]) for row in rows] == [("ignore", "`[]`")]


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
