"""Runs the documents' examples that expect a gateway at the default address, against one that is elsewhere."""

import contextlib
import io
import shlex

import httpx2

ADDRESS = "http://127.0.0.1:8400"
"""Where the examples expect it."""


def run_python(text: str, address: str) -> str:
    """What an example prints."""
    assert ADDRESS in text
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(text.replace(ADDRESS, address), "example", "exec"), {})
    return output.getvalue()


def run_curl(text: str, address: str, key: str) -> httpx2.Response:
    """The answer to the request that a curl command describes."""
    command = text.replace("\\\n", " ").replace(ADDRESS, address).replace("$ROUTEPROOF_KEY", key)
    program, unbuffered, url, *words = shlex.split(command)
    assert (program, unbuffered) == ("curl", "-N")
    options = list(zip(words[::2], words[1::2], strict=True))
    headers = dict(value.split(": ", 1) for option, value in options if option == "-H")
    (body,) = [value for option, value in options if option == "-d"]
    return httpx2.post(url, headers=headers, content=body, trust_env=False)
