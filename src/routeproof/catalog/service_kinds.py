"""The kinds of facts about a service: its names, limits, controls, endpoints and regions."""

from enum import StrEnum

from routeproof.catalog.fact_base import Fact, Subject


class AliasState(StrEnum):
    """What a model name does while an alias fact is in force."""

    ALIAS = "alias"
    """It answers as the target."""
    RETIRED = "retired"
    """It is refused; the target is the successor to name."""


class AliasFact(Fact, frozen=True, kw_only=True, tag="alias"):
    """A model name that answers as another, or that is refused."""

    subject: Subject
    state: AliasState
    target: str
    thinking: bool | None = None
    """Whether the name implies thinking; None where it does not decide it."""


class LimitFact(Fact, frozen=True, kw_only=True, tag="limit"):
    """A bound that the provider sets. `reading_services.LIMITS` has every name and its unit."""

    subject: Subject
    name: str
    unit: str
    amount: int
    """The greatest amount that is taken; the least one for a limit whose name ends in `_min`."""


class Measure(StrEnum):
    """What a concurrency limit counts; its value is the unit."""

    IN_FLIGHT = "requests in flight"
    REQUESTS = "requests per minute"
    TOKENS = "tokens per minute"


class ConcurrencyFact(Fact, frozen=True, kw_only=True, tag="concurrency"):
    """How much a provider takes at once."""

    subject: Subject
    measure: Measure
    amount_max: int | None = None
    """None: the limit is known to exist, its height is not."""
    per: tuple[str, ...]
    """What each has a limit of its own: `account`, `model`."""
    falls_with_balance: bool | None = None
    """Whether it shrinks with what is left on the account."""
    also_per_second: bool | None = None
    """Whether a sixtieth of it is enforced each second."""
    recovers_s: int | None = None
    """How long a refusal lasts, about."""


class ControlSupport(StrEnum):
    """What becomes of a request parameter."""

    SUPPORTED = "supported"
    IGNORED = "ignored"
    """Taken without a word and without effect."""
    REFUSED = "refused"
    REQUIRED = "required"
    """The request is refused without it."""
    DEPRECATED = "deprecated"


class ControlFact(Fact, frozen=True, kw_only=True, tag="control"):
    """What a provider does with a request parameter."""

    subject: Subject
    control: str
    """The parameter, with dots where it is inside others."""
    support: ControlSupport
    when: str | None = None
    """The case that the fact is limited to, such as `thinking`; None: every case that has no fact of its own."""
    default: str | None = None
    """The value, as JSON, that its absence means; None: not known."""
    values: tuple[str, ...] = ()
    """Every value that is taken, where they are few."""
    maps: tuple[tuple[str, str], ...] = ()
    """Values that are taken as another one, in pairs."""
    bounds: str | None = None
    """The interval of numbers that are taken, such as `[0, 2)`."""
    status: int | None = None
    """The HTTP status of the refusal."""


class Answers(StrEnum):
    """Whether a path can be called."""

    SERVED = "served"
    BETA_ONLY = "beta_only"
    """Refused at the ordinary address, served at the one that the fact names."""
    ABSENT = "absent"


class EndpointFact(Fact, frozen=True, kw_only=True, tag="endpoint"):
    """A path of the provider's API and what it answers."""

    subject: Subject
    path: str
    answers: Answers
    method: str | None = None
    """None: a common beginning of paths rather than one call."""
    base: str | None = None
    """The address that the path is below; None: the region's host."""
    format: str | None = None
    """Whose wire format it speaks, where it isn't told by the path."""
    status: int | None = None
    """The HTTP status where it isn't served."""


class KeyScope(StrEnum):
    """Where an API key is valid."""

    REGION = "region"
    """At the region's shared host, and at the host of its own workspace."""
    PLAN = "plan"
    """Only at the hosts of the plan that it was sold with."""


class RegionFact(Fact, frozen=True, kw_only=True, tag="region"):
    """Where a region's API is, and which keys it takes."""

    subject: Subject
    region: str
    plan: str | None = None
    """A way to pay that has hosts of its own; None: pay as you go."""
    shared_host: str | None = None
    workspace_host: str | None = None
    """With `{workspace}` where the workspace's id goes."""
    key_scope: KeyScope
    key_prefix: str | None = None
