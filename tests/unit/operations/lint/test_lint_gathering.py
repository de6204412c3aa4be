"""What the rules are given to look at, gathered from a real folder."""

from pathlib import Path

from tests.unit.operations.lint.lint_scene import DEEPSEEK, QWEN, entry, fill, gathered, provider

from routeproof.operations.lint.scene import KeyFile

FLASH = "deepseek/deepseek-flash"
MODEL = f'[models.m]\nroutes = ["{FLASH}"]\nrollback = "qwen/qwen-plus"\n'


def test_every_configured_route_is_looked_at(tmp_path: Path) -> None:
    """Its facts and its prices, the rollback's among them."""
    scene = gathered(tmp_path, DEEPSEEK + QWEN + MODEL)

    assert [row.route for row in scene.route_facts] == list(scene.candidates) == [FLASH, "qwen/qwen-plus"]
    assert {row.name for row in scene.aliases} >= {"deepseek-chat", "qwen3-max"}
    assert scene.ledger is None and not scene.evidence.kept


def test_the_ledger_is_summed_up_over_the_period(tmp_path: Path) -> None:
    """Where there is one."""
    fill(tmp_path, entry("2026-11-20T00:00:00Z", FLASH), entry("2026-10-20T00:00:00Z", FLASH))
    ledger = gathered(tmp_path, DEEPSEEK + QWEN + MODEL).ledger

    assert ledger is not None
    assert (ledger.exchanges, [use.tried.count for use in ledger.routes]) == (1, [1])


def test_every_file_with_a_secret_is_looked_at(tmp_path: Path) -> None:
    """By the setting that names it, with its permissions; one that is not here has none."""
    for name, mode in (("server.crt", 0o644), ("server.key", 0o640), ("house.key", 0o604), ("signer.key", 0o600)):
        (tmp_path / name).touch(mode)
        (tmp_path / name).chmod(mode)
    (tmp_path / "house.key").write_text("sk-house\n")
    server = '[server]\ntls_cert = "server.crt"\ntls_key = "server.key"\n[evidence]\nsigner = "file:signer.key"\n'
    house = provider("house", api_key="file:house.key", base_url="https://llm.example.com/v1")
    gone = provider("go.ne", api_key="file:gone.key", base_url="https://llm.example.com/v1")
    files = gathered(tmp_path, server + DEEPSEEK + QWEN + house + gone.replace("go.ne", '"go.ne"') + MODEL).key_files

    assert set(files) == {
        KeyFile("providers.house.api_key", tmp_path / "house.key", 0o604),
        KeyFile("providers.'go.ne'.api_key", tmp_path / "gone.key", None),
        KeyFile("server.tls_key", tmp_path / "server.key", 0o640),
        KeyFile("evidence.signer", tmp_path / "signer.key", 0o600),
    }
