"""The names of what a route declares of itself, and how checks read them.

facet.tools, facet.parallel-tools, facet.json, facet.json-schema, facet.reasoning ...
                        false: the route declares that it has no such thing
control.NAME            `effective`, `ignored`, `rejected` or `unsupported` (docs/controls.md)
control.NAME.when.CASE  the same in one case only, such as `thinking`; what follows a NAME may follow CASE
control.NAME.values     the values that the provider documents, joined by commas
control.NAME.maps       values that are taken as others: `given=taken`, joined by commas
control.NAME.default    what its absence means, as JSON
control.NAME.bounds     an interval such as `[0, 2)`
control.NAME.status     the HTTP status of the refusal
context-tokens, output-tokens, tools, choices, stop-strings, cache-tokens-min ...       limits
models                  names that may answer, joined by commas: the id, its alias's target, dated forms
alias_retires           the instant from which on the model's name is refused, as RFC 3339
models-list             `all`, `own` or `none`: what GET /models lists
schemas.unsupported     strata of prover/cases/schema_set.py that tools of the route can't have, joined by commas
status.CASE             one more status that the provider documents for a broken request (broken_requests.py)
thinking-default        true: thinks unless told not to
facet.cache             false: the route has no prompt cache
cache-isolation         `key`: no key ever hits what another has sent
unit-tokens             of the unit in reference_text.py, where the route's vocabulary splits its words
prompt-overhead-tokens  what the chat template and the lead add to the words of a prompt (check U06)
price.tier-edges        the greatest input of each tier that another follows (prices.py); prices are in `Plan.prices`
"""

from collections.abc import Mapping

from routeproof.evidence.plan import Declared


def is_absent(declared: Mapping[str, Declared], name: str) -> bool:
    """Whether the route declares that it does not have it; what nobody speaks of is there to be tested."""
    return declared.get(name) is False


def declared_count(declared: Mapping[str, Declared], name: str) -> int | None:
    """A declared number, None where none is declared."""
    value = declared.get(name)
    return value if type(value) is int else None


def declared_names(declared: Mapping[str, Declared], name: str) -> tuple[str, ...]:
    """A declared list of names; empty where none is declared."""
    value = declared.get(name)
    return tuple(part for part in value.split(",") if part) if isinstance(value, str) else ()
