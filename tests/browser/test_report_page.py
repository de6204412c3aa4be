"""The report in a browser, as its readers see it: no errors, no sideways scrolling, words that can be read."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.report_evidence import bundle_of_run, read_back, simulated_run

from routeproof.evidence.verification import read_statement
from routeproof.operations.reports.building import build_report
from routeproof.operations.reports.rendering import html_report

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")

CONTRAST_MIN = 4.5
"""Of text against what is behind it (WCAG 2.2, success criterion 1.4.3)."""
CONTRASTS = """
() => {
  const read = color => (color.match(/[\\d.]+/g) || []).map(Number);
  const linear = part => part <= 10.31475 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const behind = element => {
    for (let one = element; one; one = one.parentElement) {
      const color = read(getComputedStyle(one).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
    if (!own || element.closest("style,title,desc")) continue;
    const style = getComputedStyle(element);
    const color = read(element.closest("svg") ? style.fill : style.color);
    const [high, low] = [luminance(color), luminance(behind(element))].sort((a, b) => b - a);
    found.push([(high + 0.05) / (low + 0.05), element.tagName, element.textContent.trim().slice(0, 40)]);
  }
  return found;
}
"""
WIDTHS = "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A page with pictures, findings and long digests."""
    run = simulated_run(("P01", "M01", "U12"), faults=[{"fault": "inconsistent_usage", "times": 4}])
    bundle = read_back(bundle_of_run(run))
    path: Path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(html_report(build_report(bundle, read_statement(bundle.envelope))), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Any]:
    """The system's Chromium, started once the page is there: Playwright has an event loop of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(
    params=[(1_100, "light"), (1_100, "dark"), (360, "light"), (360, "dark")], ids=lambda one: f"{one[0]}-{one[1]}"
)
def page(request: pytest.FixtureRequest, browser: Any, address: str) -> Iterator[Any]:
    """The report on a screen of this width in this scheme; what the browser complains about fails the test."""
    width, scheme = request.param
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("request", lambda sent: told.append(sent.url) if sent.url != address else None)
    page.goto(address)
    yield page
    page.close()
    assert told == []


def test_nothing_scrolls_sideways(page: Any) -> None:
    """But tables inside their own frames, which the keyboard reaches."""
    whole, visible = page.evaluate(WIDTHS)

    assert whole <= visible
    frames = "[...document.querySelectorAll('.wide')].every(one => one.tabIndex === 0 && one.ariaLabel)"
    assert page.evaluate(f"() => {frames}")


def test_all_words_can_be_read(page: Any) -> None:
    """Text stands out from what is behind it, in both schemes, in pictures too."""
    contrasts = page.evaluate(CONTRASTS)

    assert len(contrasts) > 100
    assert [one for one in contrasts if one[0] < CONTRAST_MIN] == []


def test_headings_and_pictures_have_names(page: Any) -> None:
    """As a screen reader hears them."""
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.get_by_role("main").count() == 1
    assert page.get_by_role("navigation", name="Contents").count() == 1
    pictures = page.get_by_role("img")
    assert pictures.count() >= 3
    for picture in pictures.all():
        assert picture.locator("title").text_content()
        assert picture.bounding_box()["width"] > 250


def test_the_page_prints(page: Any) -> None:
    """Nothing is cut off by a frame, and the contents' links are left out."""
    page.emulate_media(media="print")

    assert page.evaluate("() => getComputedStyle(document.querySelector('nav')).display") == "none"
    assert page.evaluate("() => getComputedStyle(document.querySelector('.wide')).overflowX") == "visible"
