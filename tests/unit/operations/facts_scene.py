"""Configurations with facts of their own, for commands about facts."""

from pathlib import Path

from routeproof.config.loading import parse_settings
from routeproof.config.settings import Settings

CONFIG = """
[server]
facts = ["own.toml"]
[providers.house]
dialect = "openai"
api_key = "none"
prices = "house"
[providers.deepseek]
dialect = "deepseek"
api_key = "none"
[providers.bare]
dialect = "openai"
api_key = "none"
[models.m]
routes = ["house/llama"]
fallbacks = ["deepseek/deepseek-flash"]
"""


def house(checked_at: str = "2026-11-01", **changes: str | None) -> str:
    """One price of the operator's own, with changes; a key set to None is left out."""
    keys: dict[str, str | None] = {
        "id": '"house/llama/usd"',
        "kind": '"price"',
        "subject": '{ family = "house", model = "llama" }',
        "unit": '"per 1M tokens"',
        "currency": '"USD"',
        "value": '[{ input = "0.05", output = "0.1" }]',
        "effective_from": '"2026-01-01T00:00:00Z"',
        "source": '"https://intranet.example/prices"',
        "checked_at": f'"{checked_at}"',
        "confidence": '"provider page"',
    }
    lines = [f"{key} = {value}" for key, value in (keys | changes).items() if value is not None]
    return "\n".join(["[[fact]]", *lines, ""])


def settings_in(folder: Path, facts: str, more: str = "") -> Settings:
    """The configuration with this facts file, and more of its own."""
    (folder / "own.toml").write_text(facts)
    return parse_settings(CONFIG + more, folder / "routeproof.toml", {})
