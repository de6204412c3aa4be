"""The report as a page: well formed, self-contained, escaped, without a secret; and the same in Markdown."""

import re
from collections.abc import Callable
from itertools import pairwise

import msgspec
import pytest
from tests.support.documents import headings, tables
from tests.support.html_page import Page
from tests.support.report_evidence import SIMULATED_KEY, bundle_of_run, read_back, simulated_run, statement_of_run
from tests.support.sample_evidence import (
    BUILD,
    ENDED_NS,
    PLAN,
    PROVIDER_KEY,
    SIGNER,
    observations_of,
    run_of,
    statement_of,
)

from routeproof.evidence.bundle import Bundle, read_bundle, write_bundle
from routeproof.evidence.expiry import expiry_of
from routeproof.evidence.reasons import Reason, ReasonCode
from routeproof.evidence.redaction import Redaction, redact
from routeproof.evidence.results import Cause, Exhibit, Part
from routeproof.evidence.statement import Statement, seal, state
from routeproof.evidence.verdicts import Verdict
from routeproof.evidence.verification import read_statement
from routeproof.operations.reports.building import build_report
from routeproof.operations.reports.model import Report
from routeproof.operations.reports.rendering import html_report, markdown_report

HOSTILE = "</pre></td><script>alert('x')</script><img src=x onerror=alert(1)>| `a` \n\n# h\n```\n\x1b[31m\u202e"
Render = Callable[[Report], str]


def reported(bundle: Bundle, **more: object) -> Report:
    """The report of a bundle."""
    return build_report(bundle, read_statement(bundle.envelope), **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def measured() -> Report:
    """Of a run on a simulated provider that does all that it must."""
    return reported(read_back(bundle_of_run(simulated_run(("P01", "U01", "M01")))))


@pytest.fixture(scope="module")
def failed() -> Report:
    """Of a run on a simulated provider that breaks off."""
    return reported(read_back(bundle_of_run(simulated_run(("P01", "U01"), faults=["cut_mid_event"]))))


def hostile_statement() -> Statement:
    """Of a provider that put markup into everything that it could reach."""
    seen = observations_of(PLAN)
    run = run_of(PLAN, seen)
    exhibit = Exhibit(observation="plain/1/1/direct", part=Part.RESPONSE, offset=0, excerpt=HOSTILE, note=HOSTILE)
    first, *rest = run.results
    bad = msgspec.structs.replace(
        first,
        verdict=Verdict.FAIL,
        summary=HOSTILE,
        failures=(HOSTILE + "2",),
        cause=Cause.PARSER,
        next_step=HOSTILE,
        exhibits=(exhibit,),
    )
    return state(PLAN, msgspec.structs.replace(run, results=(bad, *rest)), seen, BUILD, expiry_of(ENDED_NS))


@pytest.fixture(scope="module")
def hostile() -> Report:
    """The report about it."""
    statement = hostile_statement()
    bundle = read_bundle(write_bundle(seal(statement, SIGNER), [SIGNER.public_key], observations_of(PLAN)))
    reasons = (Reason(ReasonCode.UNREADABLE, HOSTILE),)
    return build_report(bundle, statement, reasons=reasons, proves={"R04": HOSTILE})


@pytest.fixture(params=["measured", "failed", "hostile"])
def report(request: pytest.FixtureRequest) -> Report:
    """Each of them."""
    found: Report = request.getfixturevalue(request.param)
    return found


def test_the_page_is_well_formed(report: Report) -> None:
    """Every tag is closed in its order, every id is unique, and every link on the page leads somewhere."""
    page = Page(html_report(report))
    links = [one.attributes["href"].removeprefix("#") for one in page.of("a")]

    assert len(set(page.ids)) == len(page.ids)
    assert [link for link in links if link not in page.ids] == []


def test_the_page_needs_nothing_else(report: Report) -> None:
    """No script, no style or picture from elsewhere, and a policy that forbids them."""
    text = html_report(report)
    page = Page(text)
    (policy,) = [one for one in page.of("meta") if one.attributes.get("http-equiv") == "Content-Security-Policy"]

    assert {one.tag for one in page.elements} & {"script", "link", "img", "iframe", "object", "form", "base"} == set()
    assert "default-src 'none'" in policy.attributes["content"]
    assert [one.tag for one in page.elements for name in one.attributes if name in {"src", "srcset", "style"}] == []
    assert not any(name.startswith("on") for one in page.elements for name in one.attributes)
    assert re.findall(r"url\(|@import", text) == []


def test_headings_go_down_one_by_one(report: Report) -> None:
    """One of the first level, and none skips a level."""
    levels = [int(one.tag[1]) for one in Page(html_report(report)).elements if re.fullmatch("h[1-6]", one.tag)]

    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_tables_and_pictures_say_what_they_are(report: Report) -> None:
    """A caption, scopes of headings; title and description of pictures."""
    page = Page(html_report(report))

    for table in page.of("table"):
        assert table.children[0].tag == "caption"
        assert table.children[0].text
    assert {one.attributes.get("scope") for one in page.of("th")} <= {"col", "row"}
    for picture in page.of("svg"):
        assert picture.attributes["role"] == "img"
        named = picture.attributes["aria-labelledby"].split()
        assert [child.attributes.get("id") for child in picture.children[:2]] == named
        assert all(child.text for child in picture.children[:2])


def test_a_measured_run_has_its_pictures(measured: Report) -> None:
    """Latencies, gaps, cost by type and price by context, each with its numbers as a table."""
    page = Page(html_report(measured))
    titles = [one.children[0].text for one in page.of("svg")]

    assert titles == [
        "How long requests took",
        "Gaps between the pieces of streams",
        "What one request cost, by type",
        "Price against the length of the context",
    ]
    assert set(titles) <= {one.text for one in page.of("caption")}


def test_a_failed_check_shows_its_bytes(failed: Report) -> None:
    """With what to do next."""
    text = html_report(failed)
    page = Page(text)

    assert any("P01 envelope" in one.text and "FAIL" in one.text for one in page.of("h3"))
    assert page.of("pre")
    assert "No request was answered to its end" in page.of("main")[0].text


def test_hostile_text_stays_text(hostile: Report) -> None:
    """In the page it shows, as it is, in every place that a provider's words reach."""
    page = Page(html_report(hostile))
    shown = page.of("main")[0].text

    assert shown.count("<script>alert('x')</script>") >= 6
    assert "\x1b" not in html_report(hostile)
    assert "\u202e" not in html_report(hostile)
    assert page.of("pre")[0].text.startswith("</pre></td><script>")


def test_hostile_text_makes_no_markdown(hostile: Report) -> None:
    """No heading, row or block of its own."""
    text = markdown_report(hostile)
    bare = re.sub(r"^(`{3,})text\n.*?^\1$", "", text, flags=re.MULTILINE | re.DOTALL)

    assert "h" not in headings(bare)
    assert "<script>" not in re.sub(r"`[^`\n]*`", "", bare)
    assert all(tables(bare))


@pytest.mark.parametrize("render", [html_report, markdown_report])
def test_no_key_is_in_a_report(render: Render, report: Report) -> None:
    """Neither the provider's nor a part of it."""
    text = render(report)

    for key in (SIMULATED_KEY, PROVIDER_KEY):
        assert key not in text
        assert key[-12:] not in text


def test_both_forms_have_the_same_sections(report: Report) -> None:
    """And the same tables."""
    page, text = Page(html_report(report)), markdown_report(report)
    sections = [one.heading for one in report.sections]

    assert [one.text for one in page.of("h2")] == sections
    found = headings(text)
    assert [heading for heading in found if heading in sections] == sections
    assert len(tables(text)) == len(page.of("table"))


def test_markdown_tables_have_one_width(report: Report) -> None:
    """Every line of a table is as long as the others, and has as many cells."""
    blocks = re.findall(r"(?:^\|.*\n)+", markdown_report(report), re.MULTILINE)

    assert blocks
    for block in blocks:
        lines = block.splitlines()
        assert len({len(line) for line in lines}) == 1
        assert len(tables(block)[0]) == len(lines) - 2


def test_what_speaks_against_the_evidence_comes_first() -> None:
    """Nobody reads a forged page to its end."""
    bundle = read_bundle(write_bundle(seal(statement_of(), SIGNER), [SIGNER.public_key], observations_of(PLAN)))
    doubted = reported(bundle, reasons=(Reason(ReasonCode.EXPIRED, "it expired yesterday"),))

    assert doubted.sections[0].heading == "Do not rely on this page"
    assert "expired: it expired yesterday." in html_report(doubted)
    assert reported(bundle).sections[0].heading == "In short"


def test_evidence_without_bodies_has_a_page_too() -> None:
    """Verdicts and times are there; what only bodies show is said to be missing."""
    run = simulated_run(("P01", "U01"))
    bare = tuple(redact(one, Redaction(keep_bodies=False)) for one in run.observations)
    statement = statement_of_run(run)
    bundle = Bundle(envelope=seal(statement, SIGNER), keys=(SIGNER.public_key,), observations=bare)
    text = html_report(build_report(bundle, statement))

    assert "How long requests took" in text
    assert "nothing can be priced" in text
