"""The codes of what `routeproof lint` can find; docs/lint.md says what each is."""

from enum import StrEnum


class LintCode(StrEnum):
    """Stable: configurations and scripts name them."""

    ALIAS_RETIRED = "alias_retired"
    ALIAS_RETIRING = "alias_retiring"
    ALIAS_UNPOLICED = "alias_unpoliced"

    KEY_UNSET = "key_unset"
    REGION_UNSET = "region_unset"
    REGION_MISMATCH = "region_mismatch"
    REGIONS_SHARE_KEY = "regions_share_key"
    REGIONS_SHARE_ADDRESS = "regions_share_address"
    REGIONS_ROUTED_ALIKE = "regions_routed_alike"
    KEY_OF_ANOTHER_PLAN = "key_of_another_plan"
    KEY_AT_TWO_HOSTS = "key_at_two_hosts"

    CHEAPER_DEPENDS = "cheaper_depends"
    ONE_TOKEN_KIND = "one_token_kind"  # noqa: S105 - no password
    NO_PRICE = "no_price"
    FACTS_HELD = "facts_held"
    FACTS_STALE = "facts_stale"

    NO_EVIDENCE = "no_evidence"
    FACET_UNCHECKED = "facet_unchecked"

    PRICE_HEARSAY = "price_hearsay"
    ROUTE_NEVER_ANSWERED = "route_never_answered"
    ROUTE_UNTRIED = "route_untried"

    FALLBACK_SHARED = "fallback_shared"
    FALLBACK_UNREACHED = "fallback_unreached"
    NO_FALLBACK = "no_fallback"
    ROLLBACK_SHARED = "rollback_shared"
    ROLLBACK_IS_FALLBACK = "rollback_is_fallback"
    ROUTE_STARVED = "route_starved"

    KEY_IN_ADDRESS = "key_in_address"
    PLAIN_TO_PUBLIC = "plain_to_public"
    PLAIN_UNNEEDED = "plain_unneeded"
    LISTENS_PLAIN = "listens_plain"
    ADMIN_EXPOSED = "admin_exposed"
    KEY_FILE_OPEN = "key_file_open"
