"""A report as HTML or Markdown: templates that only walk over its blocks."""

from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from routeproof.evidence.verdicts import Verdict
from routeproof.operations.reports.model import Code, Report
from routeproof.operations.reports.plain_text import fenced, markdown, markdown_table, one_line, visible

SIGNS: Final = {
    Verdict.PASS: "✓",
    Verdict.FAIL: "✗",
    Verdict.INCONCLUSIVE: "?",
    Verdict.ERROR: "!",
    Verdict.SKIP: "-",
}
"""Beside the word, so that no verdict is told by colour alone."""


def html_report(report: Report) -> str:
    """One page that needs nothing else: no script, no network, no second file."""
    return _environment(autoescape=True).get_template("report.html.jinja").render(report=report)


def markdown_report(report: Report) -> str:
    """The same in Markdown; pictures are their tables."""
    return _environment(autoescape=False).get_template("report.md.jinja").render(report=report)


def _environment(*, autoescape: bool) -> Environment:
    made = Environment(
        loader=PackageLoader("routeproof.operations.reports"),
        autoescape=autoescape,  # noqa: S701 - Markdown has escapes of its own, see plain_text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals["signs"] = SIGNS
    made.tests["verdict"] = lambda value: isinstance(value, Verdict)
    made.tests["code"] = lambda value: isinstance(value, Code)
    made.filters.update(
        kind=lambda block: type(block).__name__,
        drawn=Markup,  # the pictures are escaped where they are drawn
        visible=visible,
        line=one_line,
        md=markdown,
        fenced=fenced,
        md_table=markdown_table,
    )
    return made
