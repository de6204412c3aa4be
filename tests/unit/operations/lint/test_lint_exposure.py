"""Keys, connections and pages that are open to those who should not see them."""

from pathlib import Path

import pytest
from tests.unit.operations.lint.lint_scene import DEEPSEEK, found, only, provider, scene_of

from routeproof.config.lint_codes import LintCode
from routeproof.operations.lint.scene import KeyFile

MODEL = '[models.m]\nroutes = ["deepseek/deepseek-flash"]\n'


@pytest.mark.parametrize(
    ("path", "held"), [("/v1/sk-abcdefgh12345678", True), ("/v1/plainsecret", True), ("/v1", False), ("/v1/sk", False)]
)
def test_a_key_in_an_address_is_an_error(path: str, held: bool) -> None:
    """By its shape, or because it is the provider's own; it is not shown."""
    table = provider("deepseek", api_key="env:KEY", base_url=f"https://llm.example.com{path}")
    rows = found(scene_of(table + MODEL, environ={"KEY": "plainsecret"}), LintCode.KEY_IN_ADDRESS)

    assert [list(row.where) for row in rows] == [["providers.deepseek.base_url"]] * held
    assert not [row for row in rows if path in str(row)]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://llm.example.com/v1", LintCode.PLAIN_TO_PUBLIC),
        ("http://8.8.8.8/v1", LintCode.PLAIN_TO_PUBLIC),
        ("https://llm.example.com/v1", LintCode.PLAIN_UNNEEDED),
        ("http://127.0.0.1:8000/v1", None),
        ("http://10.1.2.3/v1", None),
        ("http://[::1]:8000/v1", None),
        ("http://localhost:8000/v1", None),
        ("http://vllm:8000/v1", None),
        ("http://llm.house.internal/v1", None),
        ("https://10.1.2.3/v1", None),
    ],
)
def test_plain_connections_belong_on_networks_of_ones_own(url: str, code: LintCode | None) -> None:
    """Whatever is out on the internet wants https, and then no exception."""
    scene = scene_of(provider("deepseek", base_url=url, allow_plain=True) + MODEL)
    codes = [row.code for each in (LintCode.PLAIN_TO_PUBLIC, LintCode.PLAIN_UNNEEDED) for row in found(scene, each)]

    assert codes == ([] if code is None else [code])


def test_https_without_an_exception_is_in_order() -> None:
    """As most providers are asked."""
    assert found(scene_of(DEEPSEEK + MODEL), LintCode.PLAIN_UNNEEDED) == []


@pytest.mark.parametrize(
    ("listen", "codes"),
    [
        ('listen = "0.0.0.0:8400"', ["listens_plain"]),
        ('admin_listen = "10.1.2.3:8401"', ["admin_exposed"]),
        ('listen = "127.0.0.1:8400"\nadmin_listen = "localhost:8401"', []),
        ('listen = "[::1]:8400"', []),
    ],
)
def test_listeners_that_others_reach_are_told(listen: str, codes: list[str]) -> None:
    """The one without TLS, and the one without keys."""
    scene = scene_of(f"[server]\n{listen}\n{DEEPSEEK}{MODEL}")
    rows = [row for code in (LintCode.LISTENS_PLAIN, LintCode.ADMIN_EXPOSED) for row in found(scene, code)]

    assert [row.code for row in rows] == codes


def test_with_tls_others_may_reach_it(tmp_path: Path) -> None:
    """That is what it is for."""
    for name in ("server.crt", "server.key"):
        (tmp_path / name).touch()
    tls = f'tls_cert = "{tmp_path / "server.crt"}"\ntls_key = "{tmp_path / "server.key"}"\n'
    scene = scene_of(f'[server]\nlisten = "0.0.0.0:8400"\n{tls}{DEEPSEEK}{MODEL}')

    assert found(scene, LintCode.LISTENS_PLAIN) == []


@pytest.mark.parametrize(
    ("mode", "told"), [(0o600, False), (0o640, False), (0o644, True), (0o602, True), (None, False)]
)
def test_a_key_file_that_everybody_reads_is_told(mode: int | None, told: bool) -> None:
    """Or writes; a group may be what lets a service read it."""
    file = KeyFile("providers.deepseek.api_key", Path("/keys/deepseek"), mode)
    rows = found(scene_of(DEEPSEEK + MODEL, key_files=(file,)), LintCode.KEY_FILE_OPEN)

    assert [(row.found, list(row.where)) for row in rows] == [
        (f"/keys/deepseek has the mode {mode or 0:03o}", ["providers.deepseek.api_key", "/keys/deepseek"])
    ] * told


def test_the_finding_names_no_more_than_the_file() -> None:
    """A rule never opens it."""
    file = KeyFile("server.tls_key", Path("/nowhere/server.key"), 0o666)

    assert only(scene_of(DEEPSEEK + MODEL, key_files=(file,)), LintCode.KEY_FILE_OPEN).where[0] == "server.tls_key"
