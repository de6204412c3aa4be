"""What to try while the demo stays up: lines to paste into a shell, with the values that work."""

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec


class Guide(msgspec.Struct, frozen=True, kw_only=True):
    """The values of one running demo."""

    base_url: str
    """What an SDK is pointed at."""
    key: str
    config_path: Path
    data_dir: Path
    models: tuple[str, ...]
    providers: Mapping[str, str]
    """The simulated providers' base URLs by name."""
    program: str
    """How `routeproof` is called here."""
    python: str
    """How Python is called here."""


def curl_command(guide: Guide) -> str:
    """Streams one answer, headers and all."""
    body = '{"model": "assistant", "stream": true, "messages": [{"role": "user", "content": "Say hello."}]}'
    return " \\\n  ".join(
        (
            f"curl -sS -N -i {guide.base_url}/chat/completions",
            f"-H 'Authorization: Bearer {guide.key}'",
            "-H 'Content-Type: application/json'",
            f"-d '{body}'",
        )
    )


def sdk_command(guide: Guide) -> str:
    """Asks through the openai SDK; shows the answer, its tokens and its request id."""
    return f"""\
{shlex.quote(guide.python)} - <<'END'
from openai import OpenAI
client = OpenAI(base_url="{guide.base_url}", api_key="{guide.key}")
answer = client.chat.completions.create(model="qwen", messages=[{{"role": "user", "content": "Say hello."}}])
print(answer.choices[0].message.content, answer.usage.total_tokens, answer._request_id)
END"""


def log_command(guide: Guide) -> str:
    """Shows the ledger."""
    return f"{shlex.quote(guide.program)} log --config {shlex.quote(str(guide.config_path))}"


def guide_text(guide: Guide) -> str:
    """The whole guide."""
    return "\n".join(_lines(guide))


def _lines(guide: Guide) -> Iterator[str]:
    yield f"The gateway is up at {guide.base_url} until Ctrl-C. Its models: {', '.join(guide.models)}.\n"
    yield from _block("Stream an answer:", curl_command(guide))
    yield from _block("Ask through the openai SDK (pip install openai):", sdk_command(guide))
    yield from _block("See the row and the cost of every request:", log_command(guide))
    yield f"The ledger is in {guide.data_dir}; it goes with its folder when the demo ends."
    yield f"The configuration is {guide.config_path}. It leads to these simulated providers:"
    yield from (f"  {name}  {base_url}" for name, base_url in guide.providers.items())
    yield "Put [[sim:reset_mid_stream]] or [[sim:status_429]] into a prompt to see how a failure is told and billed."


def _block(heading: str, command: str) -> Iterator[str]:
    """Commands stand at the margin, for a pasted indentation would break them."""
    yield from (heading, "", command, "")
