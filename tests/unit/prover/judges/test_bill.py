"""`prover/judges/bill.py`: the second calculation of a cost, held against the ledger's own."""

from hypothesis import given
from hypothesis import strategies as st
from tests.support.hand_made_runs import CREATED

from routeproof.catalog.kinds import AnyFact, PriceFact
from routeproof.catalog.pricing.price_book import PriceBook, PriceSheet
from routeproof.clock import parse_instant
from routeproof.config.facts_files import load_facts
from routeproof.prover.judges.bill import bill_nanousd, tier_edges
from routeproof.usage import Usage

AT_NS = parse_instant(CREATED)
BOOK = PriceBook.compile(load_facts())
ROUTES = [
    ("deepseek", "deepseek-flash", None),
    ("deepseek", "deepseek-v4-pro", None),
    ("qwen", "qwen-plus", "singapore"),
    ("qwen", "qwen3-max", "singapore"),
    ("qwen", "qwen-flash", "beijing"),
]
TOKENS = st.integers(0, 1_100_000)


def sheet_of(route: tuple[str, str, str | None]) -> PriceSheet:
    """The prices of a route that has some."""
    sheet = BOOK.sheet(*route)
    assert sheet is not None
    return sheet


def facts_of(route: tuple[str, str, str | None]) -> tuple[AnyFact, ...]:
    """The facts that price a route at the instant."""
    sheet = sheet_of(route)
    tariff = sheet.at(AT_NS)
    assert tariff is not None
    return sheet.facts_behind(tariff)


@given(st.sampled_from(ROUTES), TOKENS, TOKENS, TOKENS, TOKENS, st.booleans(), st.booleans())
def test_both_calculations_agree(
    route: tuple[str, str, str | None],
    plain: int,
    hits: int,
    writes: int,
    output: int,
    explicit: bool,
    thinking: bool,
) -> None:
    """To the last digit, unknown prices included."""
    tariff = sheet_of(route).at(AT_NS)
    assert tariff is not None
    usage = Usage(plain + hits + writes, output, hits, writes, 0, explicit)

    assert bill_nanousd(facts_of(route), usage, thinking=thinking) == tariff.cost_nanousd(usage, thinking)


def test_half_a_nanodollar_goes_to_the_even_one() -> None:
    """A hit at 0.003 dollars a million tokens is three nanodollars; nothing is rounded before the sum."""
    facts = facts_of(("deepseek", "deepseek-flash", None))

    assert bill_nanousd(facts, Usage(149, 29, 128), thinking=True) == 20_934


def test_edges_are_those_between_two_tiers() -> None:
    """The last tier's own end is none: above it there is no price."""
    assert tier_edges(facts_of(("qwen", "qwen-plus", "singapore"))) == (256_000,)
    assert tier_edges(facts_of(("deepseek", "deepseek-flash", None))) == ()


def test_no_price_or_several_bill_nothing() -> None:
    """Nor does one in another currency."""
    facts = facts_of(("deepseek", "deepseek-flash", None))
    foreign = [fact for fact in load_facts().prices if fact.currency != "USD"][:1]

    assert bill_nanousd((), Usage(1, 1), thinking=False) is None
    assert (
        bill_nanousd([*facts, *(fact for fact in facts if isinstance(fact, PriceFact))], Usage(1, 1), thinking=False)
        is None
    )
    assert bill_nanousd(foreign, Usage(1, 1), thinking=False) is None
