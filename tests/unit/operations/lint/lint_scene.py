"""Scenes for the rules: a configuration with the shipped facts, and whatever else a test is about."""

from functools import cache
from pathlib import Path
from typing import Any

from tests.support.sample_entries import sample_attempt, sample_entry

from routeproof.catalog.kinds import Facts
from routeproof.clock import parse_instant
from routeproof.config.facts_files import load_facts
from routeproof.config.lint_codes import LintCode
from routeproof.config.loading import parse_settings
from routeproof.config.settings import Settings
from routeproof.ids import exchange_id_floor
from routeproof.ledger.entries import Entry
from routeproof.operations.lint.finding import LintFinding
from routeproof.operations.lint.linting import lint
from routeproof.operations.lint.scene import EvidenceSummary, LintScene, gather_scene
from routeproof.store.connecting import connect
from routeproof.store.data_dir import database_path, make_data_dir
from routeproof.store.migrating import ensure_schema
from routeproof.store.rows import insert_entries

NOON = "2026-11-24T12:00:00Z"
DAY_NS = 86_400 * 10**9
DEEPSEEK = '[providers.deepseek]\ndialect = "deepseek"\napi_key = "env:DEEPSEEK"\n'
QWEN = '[providers.qwen]\ndialect = "qwen"\nregion = "singapore"\napi_key = "env:QWEN"\n'
MODEL = '[models.m]\nroutes = ["deepseek/deepseek-flash"]\nfallbacks = ["qwen/qwen-plus"]\n'


class NothingKept:
    """An `EvidenceSource` that has none."""

    def summary(self, settings: Settings, at_ns: int) -> EvidenceSummary:
        """Nothing."""
        return EvidenceSummary(False)


@cache
def shipped() -> Facts:
    """Read once."""
    return load_facts()


def provider(name: str, **settings: str | bool) -> str:
    """One provider's table; the dialect is OpenAI's unless another is given."""
    keys = {"dialect": "openai", "api_key": "none", **settings}
    lines = [
        f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}".lower() for key, value in keys.items()
    ]
    return "\n".join((f"[providers.{name}]", *lines, ""))


def settings_of(text: str, folder: Path = Path("/nowhere"), **environ: str) -> Settings:
    """A configuration; keys that are not in the environment are no mistake."""
    return parse_settings(text, folder / "routeproof.toml", environ, keys_needed=False)


def scene_of(text: str, at: str = NOON, environ: dict[str, str] | None = None, **fields: Any) -> LintScene:
    """A configuration and the shipped facts, with nothing looked up."""
    at_ns = parse_instant(at)
    settings = settings_of(text, **(environ or {}))
    return LintScene(
        **{"settings": settings, "facts": shipped(), "at_ns": at_ns, "since_ns": at_ns - 30 * DAY_NS, **fields}
    )


def gathered(folder: Path, text: str, at: str = NOON, days: int = 30) -> LintScene:
    """Everything, as the command has it but for the evidence."""
    at_ns = parse_instant(at)
    return gather_scene(settings_of(text, folder), NothingKept(), at_ns=at_ns, since_ns=at_ns - days * DAY_NS)


def entry(at: str, route: str, model: str = "m", **changes: object) -> Entry:
    """A request that one route was tried for; `changes` are to the attempt."""
    started_ns = parse_instant(at)
    exchange_id = exchange_id_floor(started_ns)
    attempt = sample_attempt(exchange_id, route=route, **{"thinking": 0, **changes})
    return sample_entry(1, [attempt], id=exchange_id, started_ns=started_ns, model_asked=model, stream=0)


def fill(folder: Path, *entries: Entry) -> None:
    """A ledger of these in the default data directory of a configuration in the folder."""
    data_dir = folder / "routeproof-data"
    make_data_dir(data_dir)
    ensure_schema(database_path(data_dir))
    connection = connect(database_path(data_dir))
    insert_entries(connection, list(entries))
    connection.close()


def found(scene: LintScene, code: LintCode) -> list[LintFinding]:
    """Those of one code."""
    return [finding for finding in lint(scene, strict=False).findings if finding.code == code]


def only(scene: LintScene, code: LintCode) -> LintFinding:
    """The one of this code."""
    (finding,) = found(scene, code)
    return finding
