"""`[server]`: reads the gateway's own settings."""

from pathlib import Path
from typing import Final, cast

from routeproof.config.problems import shown_value
from routeproof.config.settings import Durability, ListenAddress, LogLevel, LogStyle, ServerSettings
from routeproof.config.table import Table
from routeproof.config.urls import parse_listen

DATA_DIR_DEFAULT: Final = "routeproof-data"
DURABILITIES: Final[tuple[Durability, ...]] = ("process", "power")
LOG_LEVELS: Final[tuple[LogLevel, ...]] = ("debug", "info", "warning", "error")
LOG_STYLES: Final[tuple[LogStyle, ...]] = ("auto", "json", "text")


def read_server(table: Table, folder: Path) -> ServerSettings:
    """The settings of `[server]`; relative paths start at the configuration's own folder."""
    defaults = ServerSettings(data_dir=folder / DATA_DIR_DEFAULT)
    data_dir = table.text("data_dir")
    settings = ServerSettings(
        data_dir=folder / data_dir if data_dir else defaults.data_dir,
        listen=_read_listen(table, "listen", defaults.listen),
        admin_listen=_read_listen(table, "admin_listen", defaults.admin_listen),
        direct_routes=table.flag("direct_routes", defaults.direct_routes),
        tls_cert=read_file_path(table, "tls_cert", folder),
        tls_key=read_file_path(table, "tls_key", folder),
        durability=cast(Durability, table.choice("durability", DURABILITIES, defaults.durability)),
        facts=_read_facts(table, folder),
        log_level=cast(LogLevel, table.choice("log_level", LOG_LEVELS, defaults.log_level)),
        log_style=cast(LogStyle, table.choice("log_style", LOG_STYLES, defaults.log_style)),
    )
    _check_together(table, settings)
    table.close()
    return settings


def read_file_path(table: Table, name: str, folder: Path) -> Path | None:
    """The absolute path of a file that has to exist; None where none is named or it is not there."""
    text = table.text(name)
    if text is None:
        return None
    path = folder / text
    if not path.is_file():
        table.problem(name, f"{shown_value(text)} is no file (looked for {path}); correct the path")
        return None
    return path


def _read_listen(table: Table, name: str, default: ListenAddress) -> ListenAddress:
    text = table.text(name)
    if text is None:
        return default
    try:
        return parse_listen(text)
    except ValueError as error:
        table.problem(name, f"{shown_value(text)} {error}")
        return default


def _read_facts(table: Table, folder: Path) -> tuple[Path, ...]:
    paths: list[Path] = []
    for text in table.texts("facts"):
        path = folder / text
        if path.is_file():
            paths.append(path)
        else:
            table.problem("facts", f"{shown_value(text)} is no file (looked for {path}); correct the path")
    return tuple(paths)


def _check_together(table: Table, settings: ServerSettings) -> None:
    if settings.listen.port and settings.listen == settings.admin_listen:
        table.problem("admin_listen", f"'{settings.admin_listen}' is taken by `listen`; use another port")
    if ("tls_cert" in table) != ("tls_key" in table):
        missing, present = ("tls_key", "tls_cert") if "tls_cert" in table else ("tls_cert", "tls_key")
        table.problem(missing, f"is missing; set it too, or remove `{present}`")
