"""Which providers `simulate` runs, where, and until when."""

import os
import signal
from pathlib import Path

import httpx2
import msgspec
import pytest
import uvloop
from tests.unit.operations.demo.demo_support import NotingScreen

from routeproof.errors import ConfigError, OperatorError
from routeproof.operations.simulating import (
    ListeningProviders,
    recorded,
    replay_recordings,
    simulate,
    simulator_settings,
)

SCRIPT = """
[providers.first]
kind = "deepseek"
keys = ["sk-first", "sk-other"]
[providers.second]
kind = "qwen"
port = 9001
host = "127.0.0.2"
[providers.third]
kind = "deepseek"
"""


def script(folder: Path, text: str) -> Path:
    """A script file."""
    path = folder / "script.toml"
    path.write_text(text)
    return path


def ports(path: Path | None, port: int) -> list[int]:
    """The ports of all providers."""
    return [provider.port for provider in simulator_settings(path, host="127.0.0.1", port=port).providers]


def test_without_a_script_there_is_one_of_each_kind() -> None:
    """On ports that count up from the first, or on any free ones."""
    assert ports(None, 9000) == [9000, 9001, 9002]
    assert ports(None, 0) == [0, 0, 0]


def test_a_scripts_own_ports_and_hosts_stay(tmp_path: Path) -> None:
    """The others count up around them."""
    path = script(tmp_path, SCRIPT)
    hosts = [provider.host for provider in simulator_settings(path, host="::1", port=0).providers]

    assert ports(path, 9000) == [9000, 9001, 9002]
    assert ports(path, 0) == [0, 9001, 0]
    assert hosts == ["::1", "127.0.0.2", "::1"]


def test_ports_do_not_run_over_the_last_one() -> None:
    """The message says what to change."""
    with pytest.raises(OperatorError, match="lower --port"):
        ports(None, 65_534)


def test_mistakes_in_a_script_are_told_with_its_name(tmp_path: Path) -> None:
    """All at once; a file that can't be read names the option."""
    path = script(tmp_path, '[providers.x]\nkind = "y"\nprot = 1')
    with pytest.raises(ConfigError) as told:
        simulator_settings(path, host="127.0.0.1", port=0)

    assert len(told.value.problems) == 2
    assert all(problem.startswith(str(path)) for problem in told.value.problems)
    with pytest.raises(OperatorError, match="--script"):
        simulator_settings(tmp_path / "absent.toml", host="127.0.0.1", port=0)
    path.write_bytes(b"\xff")
    with pytest.raises(OperatorError, match="not UTF-8"):
        simulator_settings(path, host="127.0.0.1", port=0)


class StoppingAtJson(NotingScreen):
    """Stops the process's work as soon as it is told where the providers listen."""

    def __init__(self, number: signal.Signals) -> None:
        super().__init__()
        self._number = number

    def json_line(self, value: object) -> None:
        """Note the value."""
        super().json_line(value)
        os.kill(os.getpid(), self._number)


class StoppingScreen(NotingScreen):
    """Stops the process's work once everything is told."""

    def say(self, text: str = "") -> None:
        """Note the line."""
        super().say(text)
        os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_tells_where_they_listen_and_runs_until_it_is_stopped(tmp_path: Path, number: signal.Signals) -> None:
    """One JSON object, once all of them listen."""
    screen = StoppingAtJson(number)
    path = script(tmp_path, SCRIPT.replace("port = 9001\n", ""))
    uvloop.run(simulate(path, host="127.0.0.1", port=0, screen=screen, as_json=True))

    (line,) = screen.shown
    told = msgspec.json.decode(line, type=ListeningProviders)
    assert [(row.name, row.kind, row.key) for row in told.providers] == [
        ("first", "deepseek", "sk-first"),
        ("second", "qwen", "sk-sim-second"),
        ("third", "deepseek", "sk-sim-third"),
    ]
    assert len({row.base_url for row in told.providers}) == 3
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{told.providers[0].base_url}/models", trust_env=False)


def test_a_person_gets_a_table(tmp_path: Path) -> None:
    """With the keys to use."""
    screen = StoppingScreen()
    uvloop.run(simulate(None, host="127.0.0.1", port=0, screen=screen, as_json=False))

    assert [row[:2] for row in screen.rows] == [["deepseek", "deepseek"], ["qwen", "qwen"], ["newapi", "newapi"]]
    assert [row[3] for row in screen.rows] == ["sk-sim-deepseek", "sk-sim-qwen", "sk-sim-newapi"]
    assert all(row[2].startswith("http://127.0.0.1:") for row in screen.rows)


def recording(folder: Path, name: str, provider: str, text: str) -> None:
    """A whole answer, as a file of recordings."""
    request = {"url": "https://api.example/chat/completions", "body": {"model": "m", "messages": []}}
    response = {"status": 200, "headers": {"content-type": "application/json"}, "json": {"text": text}}
    held = {"provider": provider, "request": request, "response": response}
    (folder / name).write_bytes(msgspec.json.encode(held))


def test_recordings_are_served_by_a_provider_for_each_that_they_name(tmp_path: Path) -> None:
    """Each on a port of its own, and told like any other."""
    for name, provider in (("a__00.json", "second"), ("b__00.json", "first"), ("c__01.json", "second")):
        recording(tmp_path, name, provider, name)
    (tmp_path / "index.json").write_text("no recording")
    screen = StoppingAtJson(signal.SIGTERM)
    uvloop.run(replay_recordings(tmp_path, host="127.0.0.1", port=0, screen=screen, as_json=True))
    told = msgspec.json.decode(screen.shown[0], type=ListeningProviders).providers

    assert [(row.name, row.kind, row.key) for row in told] == [("first", "replay", None), ("second", "replay", None)]
    assert len({row.base_url for row in told}) == 2
    assert [one.name for one in recorded(tmp_path)["second"]] == ["a__00", "c__01"]


def test_a_person_is_told_that_a_replay_takes_any_key(tmp_path: Path) -> None:
    """In the table's last column."""
    recording(tmp_path, "a__00.json", "acme", "hello")
    screen = StoppingScreen()
    uvloop.run(replay_recordings(tmp_path, host="127.0.0.1", port=0, screen=screen, as_json=False))

    assert [(row[0], row[1], row[3]) for row in screen.rows] == [("acme", "replay", "any")]


def test_a_folder_that_can_not_be_replayed_is_told(tmp_path: Path) -> None:
    """What is wrong with it, and what to do: nothing is recorded there, or a file that is no recording."""
    with pytest.raises(OperatorError, match=r"name a folder with files such as chat__00\.json with --replay"):
        recorded(tmp_path)
    (tmp_path / "a__00.json").write_text('{"provider": "acme"}')
    with pytest.raises(OperatorError, match=r"a__00\.json is no recording .*; correct it, or take it out of"):
        recorded(tmp_path)
    (tmp_path / "a__00.json").unlink()
    (tmp_path / "a__00.json").mkdir()
    with pytest.raises(OperatorError, match=r"a__00\.json can't be read \(Is a directory\)"):
        recorded(tmp_path)


def test_replays_need_ports_too(tmp_path: Path) -> None:
    """They count up from the first, as those of a script do."""
    for number in range(2):
        recording(tmp_path, f"a__0{number}.json", f"provider-{number}", "hello")
    with pytest.raises(OperatorError, match="lower --port"):
        uvloop.run(replay_recordings(tmp_path, host="127.0.0.1", port=65_535, screen=NotingScreen(), as_json=True))
    with pytest.raises(OperatorError, match="name another with --host and --port"):
        uvloop.run(replay_recordings(tmp_path, host="192.0.2.1", port=0, screen=NotingScreen(), as_json=True))


def test_an_address_that_can_not_be_had_is_told(tmp_path: Path) -> None:
    """Also a record that can't be written; each with its own remedy."""
    twice = script(tmp_path, '[providers.a]\nkind = "qwen"\nhost = "192.0.2.1"')
    with pytest.raises(OperatorError, match="name another with --host and --port"):
        uvloop.run(simulate(twice, host="127.0.0.1", port=0, screen=NotingScreen(), as_json=True))
    record = script(tmp_path, f'record = "{tmp_path}/no/such/folder"\n[providers.a]\nkind = "qwen"')
    with pytest.raises(OperatorError, match="change `record`"):
        uvloop.run(simulate(record, host="127.0.0.1", port=0, screen=NotingScreen(), as_json=True))
