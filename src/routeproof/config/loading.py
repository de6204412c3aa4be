"""From `routeproof.toml` to frozen settings: every mistake at once, or none."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from routeproof.config.aliases import read_aliases
from routeproof.config.bounds import read_limits
from routeproof.config.evidence import read_evidence
from routeproof.config.key_places import key_places
from routeproof.config.lint import read_lint
from routeproof.config.models import read_models
from routeproof.config.problems import Problems
from routeproof.config.providers import read_providers
from routeproof.config.server import read_server
from routeproof.config.settings import Settings
from routeproof.config.staleness import read_staleness
from routeproof.config.table import Table
from routeproof.errors import ConfigError

FILE_BYTES_MAX: Final = 4 * 1024 * 1024


def load_settings(path: Path, environ: Mapping[str, str], *, keys_needed: bool = True) -> Settings:
    """Read and check a configuration file. Raises ConfigError with one line for each mistake.

    Without `keys_needed` a provider's key that is not here is None, and no mistake: for what asks no provider.
    """
    return parse_settings(_read_text(path), path, environ, keys_needed=keys_needed)


def parse_settings(text: str, path: Path, environ: Mapping[str, str], *, keys_needed: bool = True) -> Settings:
    """Check a configuration's text. `path` names it in errors; relative paths in it start at its folder.

    `keys_needed` as in `load_settings`. Raises ConfigError with one line for each mistake.
    """
    problems = Problems(str(path))
    root = Table(_parse_toml(text, path), "", problems)
    folder = path.absolute().parent
    limits = read_limits(root.table("limits"))
    staleness = read_staleness(root.table("staleness"))
    server = read_server(root.table("server"), folder)
    evidence = read_evidence(root.table("evidence"), folder)
    lint_ignored = read_lint(root.table("lint"))
    provider_table, model_table = root.table("providers"), root.table("models")
    providers = read_providers(provider_table, environ, folder, limits, keys_needed=keys_needed)
    models = read_models(model_table, providers.keys(), direct_routes=server.direct_routes)
    aliases = read_aliases(root.table("aliases"), providers)
    if root.raw("providers") in (None, {}):
        problems.add("providers", "names no provider; add a table such as [providers.deepseek]")
    if root.raw("models") in (None, {}) and not server.direct_routes:
        problems.add("models", 'names no model; add a table such as [models."assistant"], or set server.direct_routes')
    root.close()
    problems.raise_if_any()
    return Settings(
        server=server,
        providers=providers,
        models=models,
        limits=limits,
        source_path=path,
        aliases=aliases,
        staleness=staleness,
        evidence=evidence,
        lint_ignored=lint_ignored,
        key_places=key_places(root.raw("providers"), folder),
    )


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        remedy = "run `routeproof init` to write one, or name it with --config"
        raise ConfigError([f"{path}: can't be read ({error.strerror}); {remedy}"]) from error
    if len(content) > FILE_BYTES_MAX:
        raise ConfigError([f"{path}: is larger than {FILE_BYTES_MAX} bytes; name a configuration file"])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError([f"{path}: is not UTF-8 (at byte {error.start}); save it as UTF-8"]) from error


def _parse_toml(text: str, path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ConfigError([f"{path}: nests too deep to be a configuration; remove the nested brackets"]) from error
    except ValueError as error:
        # TOMLDecodeError, and the limit on digits of a number.
        problems = Problems(str(path))
        problems.add("", f"is not valid TOML: {error}; correct the line, `routeproof init` shows the shape")
        problems.raise_if_any()
        raise
