"""The lines to try hold the values that work."""

import shlex
from pathlib import Path

import msgspec

from routeproof.operations.demo.guide import Guide, curl_command, guide_text, log_command, sdk_command

GUIDE = Guide(
    base_url="http://127.0.0.1:8123/v1",
    key="rp_live_shown",
    config_path=Path("/some where/routeproof.toml"),
    data_dir=Path("/some where/routeproof-data"),
    models=("assistant", "qwen"),
    providers={"deepseek": "http://127.0.0.1:9001", "qwen": "http://127.0.0.1:9002/compatible-mode/v1"},
    program="bin dir/routeproof",
    python="/bin/python3",
)


def test_the_curl_command_is_whole() -> None:
    """A shell reads it as one command with the address, the key and a JSON body."""
    words = shlex.split(curl_command(GUIDE).replace("\\\n", " "))
    body = msgspec.json.decode(words[words.index("-d") + 1], type=dict[str, object])

    assert words[0] == "curl"
    assert "http://127.0.0.1:8123/v1/chat/completions" in words
    assert "Authorization: Bearer rp_live_shown" in words
    assert (body["model"], body["stream"]) == ("assistant", True)


def test_the_sdk_command_holds_a_program() -> None:
    """Between the marks of a here-document stands Python with the address and the key."""
    first, *program, last = sdk_command(GUIDE).splitlines()

    assert (first, last) == ("/bin/python3 - <<'END'", "END")
    compile("\n".join(program), "guide", "exec")
    assert 'base_url="http://127.0.0.1:8123/v1", api_key="rp_live_shown"' in "\n".join(program)


def test_the_log_command_quotes_what_it_must() -> None:
    """Paths with blanks stay one word."""
    assert shlex.split(log_command(GUIDE)) == [
        "bin dir/routeproof",
        "log",
        "--config",
        "/some where/routeproof.toml",
    ]


def test_the_guide_has_it_all() -> None:
    """Commands at the margin, where the ledger is, and each provider's address."""
    text = guide_text(GUIDE)

    for command in (curl_command(GUIDE), sdk_command(GUIDE), log_command(GUIDE)):
        assert f"\n\n{command}\n\n" in text
    assert "/some where/routeproof-data" in text
    assert all(f"{name}  {base_url}" in text for name, base_url in GUIDE.providers.items())
    assert "assistant, qwen" in text
