"""Plain words for verdicts, facets, causes and ways, the same in every report and on the terminal."""

from typing import Final

from routeproof.evidence.expiry import ExpiryCause
from routeproof.evidence.results import Cause, Rate
from routeproof.evidence.verdicts import Facet, Verdict
from routeproof.money import format_nanousd

FACETS: Final = {
    Facet.ROUTE: "identity, billing, errors, limits, speed: what everything else rests on",
    Facet.CHAT: "answers in one piece",
    Facet.STREAM: "streamed answers",
    Facet.TOOLS: "calls of tools",
    Facet.JSON: "JSON output",
    Facet.REASONING: "thinking before the answer",
    Facet.LONG_CONTEXT: "long inputs",
}
VERDICTS: Final = {
    Verdict.PASS: "proven",
    Verdict.FAIL: "failed",
    Verdict.INCONCLUSIVE: "undecided",
    Verdict.ERROR: "not tested: it could not run",
    Verdict.SKIP: "left out",
}
CAUSES: Final = {
    Cause.MODEL_ID: "the model id is wrong",
    Cause.KEY: "the key is wrong",
    Cause.REGION_KEY: "the key belongs to another region",
    Cause.ENDPOINT: "the endpoint is not supported",
    Cause.QUOTA: "the account's quota or balance",
    Cause.REQUEST_SHAPE: "the endpoint does not take this shape of request",
    Cause.PARSER: "the answer can't be read as it must be",
    Cause.PRICE: "the price",
    Cause.NETWORK: "the network",
    Cause.PROVIDER: "the provider answers wrongly",
    Cause.GATEWAY: "the gateway",
}
EXPIRIES: Final = {
    ExpiryCause.AGE: "by its age",
    ExpiryCause.MUTABLE_ALIAS: "for the model's name may come to mean another model",
    ExpiryCause.ALIAS_RETIRES: "for the model's name is retired then",
    ExpiryCause.PRICE_STALE: "for a price is not to be relied on from then on",
}


def rate_words(rate: Rate) -> str:
    """A rate with its exact bounds: '59 of 59; at least 95.0 %, asked for 95.0 %'."""
    words = f"{rate.passed} of {rate.planned}; between {_percent(rate.lower_ppm)} and {_percent(rate.upper_ppm)}"
    return words if rate.threshold_ppm is None else f"{words}, asked for {_percent(rate.threshold_ppm)}"


def sentence(words: str) -> str:
    """The words as a sentence of their own."""
    return (words[:1].upper() + words[1:]).rstrip(".") + "."


def money_words(nanousd: int | None) -> str:
    """An amount in dollars, or that nobody knows it."""
    return "unknown" if nanousd is None else f"{format_nanousd(nanousd)} USD"


def _percent(ppm: int) -> str:
    return f"{ppm // 10_000}.{ppm % 10_000 // 1_000} %"
