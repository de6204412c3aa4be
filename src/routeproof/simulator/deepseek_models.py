"""DeepSeek's model names over time: which are offered, which are aliases, which are refused."""

import msgspec

from routeproof.clock import parse_instant

CONTEXT_TOKENS = 1_048_565
"""Usable, by the error message that was recorded in June 2026; the model list says 1,048,576."""
LISTED_CONTEXT_TOKENS = 1_048_576
OUTPUT_TOKENS_MAX = 393_216

_V4 = parse_instant("2026-04-24T00:00:00Z")
_ALIASES_RETIRED = parse_instant("2026-07-24T15:59:00Z")
_V41_FLASH = parse_instant("2026-09-10T04:00:00Z")
_ALIASES_BACK = {
    "deepseek-chat": parse_instant("2026-08-10T19:22:57Z"),
    "deepseek-reasoner": parse_instant("2026-10-06T00:00:00Z"),
}
"""When each was first seen to answer again; since when it did is not known."""

FINGERPRINTS = {
    "deepseek-chat": "fp_eaab8d114b_prod0820_fp8_kvcache",
    "deepseek-reasoner": "fp_eaab8d114b_prod0820_fp8_kvcache",
    "deepseek-v4-flash": "fp_a18b46594c_prod0820_fp8_kvcache_20260402",
    "deepseek-flash": "aeb56401ca74e127821c4f9126dcb669",
    "deepseek-v4-pro": "a307abda487cd1b463329ccb945ce396",
}
"""`system_fingerprint` by answered model, as recorded or quoted from live replies in 2026."""


class Served(msgspec.Struct, frozen=True):
    """How a model name is served at some instant."""

    answered_as: str
    thinks: bool
    """The default; a request can say otherwise."""


def offered(now_ns: int) -> list[str]:
    """The model names that the list shows at an instant."""
    if now_ns < _V4:
        return ["deepseek-chat", "deepseek-reasoner"]
    if now_ns < _V41_FLASH:
        return ["deepseek-v4-pro", "deepseek-v4-flash"]
    return ["deepseek-v4-pro", "deepseek-flash"]


def served(name: str, now_ns: int) -> Served | None:
    """How a name is served at an instant, or None where it is refused."""
    if name in offered(now_ns):
        return Served(name, name != "deepseek-chat")
    flash = "deepseek-flash" if now_ns >= _V41_FLASH else "deepseek-v4-flash"
    if name == "deepseek-v4-flash" and now_ns >= _V41_FLASH:
        return Served(flash, thinks=True)
    back_ns = _ALIASES_BACK.get(name)
    if back_ns is not None and now_ns >= _V4 and not _ALIASES_RETIRED <= now_ns < back_ns:
        return Served(flash, name == "deepseek-reasoner")
    return None


def refusal_text(name: str, now_ns: int) -> str:
    """The message for a name that is not served (live reply of 2026-07-25)."""
    return f"The supported API model names are {' or '.join(offered(now_ns))}, but you passed {name}."


def listed(now_ns: int) -> dict[str, object]:
    """The body of `GET /models`, with the fields seen in autumn 2026."""
    effort = {"supported_levels": ["low", "high", "max"], "default_level": "high"}
    return {
        "object": "list",
        "data": [
            {
                "id": name,
                "object": "model",
                "owned_by": "deepseek",
                "name": name,
                "context_window": LISTED_CONTEXT_TOKENS,
                "max_output_tokens": OUTPUT_TOKENS_MAX,
                "input_modalities": ["text"],
                "effort": effort,
                "api_capabilities": ["chat_completions", "responses"],
            }
            for name in offered(now_ns)
        ],
    }
