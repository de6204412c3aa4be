"""`routeproof simulate --replay`: a folder of recordings, served by a process of its own."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from tests.support.program import Running, run

from routeproof.simulator.recordings import Recording, load_recordings

FOLDER = os.environ.get("ROUTEPROOF_RECORDINGS")
STREAM = 'data: {"choices":[{"delta":{"content":"é"}}]}\n\n: keep-alive\n\ndata: [DONE]\n\n'


@contextmanager
def replaying(folder: Path, recordings: Path) -> Iterator[dict[str, str]]:
    """Where each provider of the recordings listens."""
    with Running(folder, "simulate", "--replay", str(recordings), "--json") as program:
        assert program.process.stdout is not None
        providers = json.loads(program.process.stdout.readline())["providers"]
        assert {(row["kind"], row["key"]) for row in providers} == {("replay", None)}
        yield {row["name"]: row["base_url"] for row in providers}
        assert program.stop() == 0


def asked(base_url: str, recording: Recording) -> httpx2.Response:
    """What its own request is answered with."""
    return httpx2.post(f"{base_url}/chat/completions", json=recording.request_body, trust_env=False)


def write(folder: Path, name: str, provider: str, model: str, response: dict[str, object]) -> None:
    """A small recording."""
    request = {"url": "https://api.example/chat/completions", "body": {"model": model, "messages": []}}
    (folder / name).write_text(json.dumps({"provider": provider, "request": request, "response": response}))


def test_each_provider_says_again_what_it_said(tmp_path: Path) -> None:
    """Status, headers and bytes of the recording whose request it is, and again once all were served."""
    plain = {"status": 429, "headers": {"content-type": "application/json", "x-trace": "t"}, "json": {"error": {}}}
    stream = {"status": 200, "headers": {"content-type": "text/event-stream"}, "body": STREAM}
    write(tmp_path, "a__00.json", "acme", "one", plain)
    write(tmp_path, "a__01.json", "acme", "two", stream)
    write(tmp_path, "b__00.json", "bolt", "one", stream)
    first, second, third = load_recordings(tmp_path)
    with replaying(tmp_path, tmp_path) as urls:
        for _ in range(2):
            streamed, refused, other = (
                asked(urls["acme"], second),
                asked(urls["acme"], first),
                asked(urls["bolt"], third),
            )

            assert streamed.content == other.content == STREAM.encode()
            assert streamed.headers["content-type"] == "text/event-stream"
            assert (refused.status_code, refused.content, refused.headers["x-trace"]) == (429, b'{"error":{}}', "t")


@pytest.mark.skipif(not FOLDER, reason="ROUTEPROOF_RECORDINGS names no folder with recordings")
def test_every_recording_is_served_to_the_byte(tmp_path: Path) -> None:
    """Asked for by its own request, on the port of its provider."""
    recordings = load_recordings(Path(FOLDER or ""))
    with replaying(tmp_path, Path(FOLDER or "")) as urls:
        assert set(urls) == {recording.provider for recording in recordings}
        for recording in recordings:
            answer = asked(urls[recording.provider], recording)
            assert (answer.status_code, answer.content) == (recording.status, recording.body_bytes), recording.name


def test_a_folder_without_recordings_is_refused(tmp_path: Path) -> None:
    """With what to do instead."""
    ended = run(tmp_path, "simulate", "--replay", str(tmp_path))

    assert (ended.returncode, ended.stdout) == (1, "")
    assert "holds no recordings; name a folder" in " ".join(ended.stderr.split())


def test_recordings_and_a_script_are_refused_together(tmp_path: Path) -> None:
    """As a mistake on the command line."""
    script = tmp_path / "script.toml"
    script.write_text("[providers.deepseek]")
    ended = run(tmp_path, "simulate", "--replay", str(tmp_path), "--script", str(script))

    assert (ended.returncode, ended.stdout) == (2, "")
    assert "--script or --replay" in ended.stderr
