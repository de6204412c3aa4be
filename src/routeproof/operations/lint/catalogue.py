"""Every code: how bad it is, what comes of it, and what to do. docs/lint.md holds the same table."""

from collections.abc import Mapping
from typing import Final

import msgspec

from routeproof.config.lint_codes import LintCode
from routeproof.operations.lint.finding import Severity


class Meaning(msgspec.Struct, frozen=True):
    """What is told of every finding with one code."""

    severity: Severity
    hurts: str
    remedy: str


_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

CATALOGUE: Final[Mapping[LintCode, Meaning]] = {
    LintCode.ALIAS_RETIRED: Meaning(
        _ERROR,
        "requests that name it are refused, or answered by whatever the provider chooses",
        "move models and senders to the successor, or map the name under [aliases]; "
        "`routeproof aliases` shows who sends it",
    ),
    LintCode.ALIAS_RETIRING: Meaning(
        _WARNING,
        "from that instant on requests that name it are refused",
        "move models and senders to the successor before, or map the name under [aliases]",
    ),
    LintCode.ALIAS_UNPOLICED: Meaning(
        _NOTE,
        "clients that send such a name break on the provider's day, not on yours",
        "write a rule for each under [aliases], or set `server.direct_routes` to false",
    ),
    LintCode.KEY_UNSET: Meaning(
        _ERROR,
        "every request there is refused with 401",
        "let `api_key` name the key, as 'env:NAME' or 'file:PATH'",
    ),
    LintCode.REGION_UNSET: Meaning(
        _WARNING,
        "its prices are unknown, and nobody can tell whether its key belongs there",
        "set `region` to the one that the key was made in",
    ),
    LintCode.REGION_MISMATCH: Meaning(
        _ERROR,
        "every request is priced by the wrong region's list, or refused because the key is of the other region",
        "correct `region`, or remove `base_url`: the region's own follows from it",
    ),
    LintCode.REGIONS_SHARE_KEY: Meaning(
        _ERROR,
        "a key is valid in one region and workspace only: at the other one it is refused like a mistyped one",
        "give each provider the key that was made in its own region and workspace",
    ),
    LintCode.REGIONS_SHARE_ADDRESS: Meaning(
        _ERROR,
        "both are one place: one of them is priced wrongly, and neither stands in for the other",
        "correct `region` and `workspace`, or give each its own `base_url`",
    ),
    LintCode.REGIONS_ROUTED_ALIKE: Meaning(
        _WARNING,
        "the same request costs something else, or an unknown amount, when it goes to the other region",
        "see `routeproof prices compare` for both, and keep the two only where that cost is meant",
    ),
    LintCode.KEY_OF_ANOTHER_PLAN: Meaning(
        _ERROR,
        "such a key is refused at every host but those of its plan",
        "take a key of that host's plan, or set `base_url` to the host of the key's plan",
    ),
    LintCode.KEY_AT_TWO_HOSTS: Meaning(
        _WARNING,
        "whoever runs one host can spend the money of the other, and a leak there is a leak here",
        "use a key of its own for each",
    ),
    LintCode.CHEAPER_DEPENDS: Meaning(
        _NOTE,
        "whoever chose order or weights by one token price pays more for some requests",
        "compare them by what you really send: `routeproof prices compare ROUTE ROUTE --from-log`",
    ),
    LintCode.ONE_TOKEN_KIND: Meaning(
        _WARNING,
        "the comparison leaves out the price that may decide it",
        "state input and output of each type of requests; `--from-log` takes them from the ledger",
    ),
    LintCode.NO_PRICE: Meaning(
        _WARNING,
        "what such requests cost is unknown, so no budget and no comparison covers them",
        "set `prices` of the provider, or add a price fact under `server.facts`; `routeproof prices pull` drafts some",
    ),
    LintCode.FACTS_HELD: Meaning(
        _ERROR,
        "nothing is quoted or proven by them, and every row that is priced by them says `held_price`",
        "read the source and state it anew with today's `checked_at` in a file under `server.facts`",
    ),
    LintCode.FACTS_STALE: Meaning(
        _WARNING,
        "nobody knows whether the bill is still right",
        "read the source before the hold; state it anew with today's `checked_at` in a file under `server.facts`",
    ),
    LintCode.NO_EVIDENCE: Meaning(
        _WARNING,
        "clients find out what a route can't do, instead of you",
        "run `routeproof prove` on each route",
    ),
    LintCode.FACET_UNCHECKED: Meaning(
        _WARNING,
        "that it worked so far is luck: nobody has checked it, the check has expired, or it failed",
        "run `routeproof prove` on the route, or move those requests to one that has passed",
    ),
    LintCode.PRICE_HEARSAY: Meaning(
        _WARNING,
        "the bill follows a list that the provider has not written and need not keep",
        "read the provider's own page and state the price with it as `source`",
    ),
    LintCode.ROUTE_NEVER_ANSWERED: Meaning(
        _WARNING,
        "it stands in a plan and helps nobody: each attempt on it is time lost",
        "see `routeproof log --route ROUTE` for the errors; correct the route, or take it out",
    ),
    LintCode.ROUTE_UNTRIED: Meaning(
        _NOTE,
        "it is known from lists alone, and its first request comes on the day that it is needed",
        "send it a request of your own, or run `routeproof prove` on it",
    ),
    LintCode.FALLBACK_SHARED: Meaning(
        _WARNING,
        "when that fails, all routes of the model fail together",
        "add a fallback at another provider, with an address and a key of its own",
    ),
    LintCode.FALLBACK_UNREACHED: Meaning(
        _WARNING,
        "they are tried only while routes before them are ejected",
        "raise `limits.retries_max`, or move the route that matters to the front",
    ),
    LintCode.NO_FALLBACK: Meaning(
        _NOTE,
        "when it fails, every request for the model fails",
        "add `fallbacks` at another provider, if the model is worth it",
    ),
    LintCode.ROLLBACK_SHARED: Meaning(
        _WARNING,
        "when that fails, there is nothing to go back to",
        "let `rollback` name a route at another provider, with an address and a key of its own",
    ),
    LintCode.ROLLBACK_IS_FALLBACK: Meaning(
        _NOTE,
        "when it is time to go back, that route has failed already, or has the traffic already",
        "let `rollback` name a route that is not in the plan, such as the one before",
    ),
    LintCode.ROUTE_STARVED: Meaning(
        _NOTE,
        "it gets too few requests to show whether it works, and warms no cache",
        "raise its weight, or make it a fallback",
    ),
    LintCode.KEY_IN_ADDRESS: Meaning(
        _ERROR,
        "addresses stand in files, logs and reports, and the key in them with it",
        "put the key into `api_key`, as 'env:NAME' or 'file:PATH', and have it replaced at the provider",
    ),
    LintCode.PLAIN_TO_PUBLIC: Meaning(
        _ERROR,
        "key, prompts and answers can be read and changed by anybody on the way",
        "use https",
    ),
    LintCode.PLAIN_UNNEEDED: Meaning(
        _WARNING,
        "whoever controls that name can make the gateway call addresses inside your network",
        "remove `allow_plain`",
    ),
    LintCode.LISTENS_PLAIN: Meaning(
        _WARNING,
        "clients' keys, prompts and answers can be read by anybody on the way",
        "set `server.tls_cert` and `server.tls_key`, or ignore this where a proxy before it ends the TLS",
    ),
    LintCode.ADMIN_EXPOSED: Meaning(
        _WARNING,
        "whoever reaches it reads the gateway's metrics",
        "let it listen on 127.0.0.1, or ignore this where the network keeps clients away from it",
    ),
    LintCode.KEY_FILE_OPEN: Meaning(
        _WARNING,
        "every user and program of the machine can take the key",
        "let its owner alone read it: chmod 600",
    ),
}
