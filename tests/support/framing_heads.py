"""Framing of heads and of a connection's life: lines, the request line, Host, pipelines; and their plain neighbours."""

from tests.support.framing import AUTH, BODY, CHUNKED, HOST, JSON, LENGTH, SIZE, Row, get, post, refused, served, taken


def _line(name: str, line: str, status: int = 400) -> Row:
    return refused(f"line {name}", post(LENGTH, line), status)


_HEAD = f"{HOST}\r\n{AUTH}\r\n{JSON}\r\n{LENGTH}".encode()
_START = b"POST /v1/chat/completions HTTP/1.1"

LINES = (
    taken("line with an empty value", post(LENGTH, "X-Empty:")),
    taken("line with tabs in its value", post(LENGTH, "X-Tabs:\ta\tb\t")),
    taken("line with bytes above 0x7f in its value", post(LENGTH, "X-Text: caf\xe9 \xff")),
    taken("line with an underscore in its name", post(LENGTH, "X_Name: 1")),
    taken("line with every sign that a name may hold", post(LENGTH, "!#$%&'*+-.^_`|~9: 1")),
    refused("line ends all LF", _START + b"\n" + _HEAD.replace(b"\r\n", b"\n") + b"\n\n" + BODY),
    refused("line end LF after one field", _START + b"\r\nX-A: 1\n" + _HEAD + b"\r\n\r\n" + BODY),
    refused("line end CR after one field", _START + b"\r\nX-A: 1\r" + _HEAD + b"\r\n\r\n" + BODY),
    refused("line end two CR and LF", _START + b"\r\nX-A: 1\r\r\n" + _HEAD + b"\r\n\r\n" + BODY),
    refused("line end LF before the empty line", _START + b"\r\n" + _HEAD + b"\n\r\n" + BODY),
    refused("line end LF as the empty line", _START + b"\r\n" + _HEAD + b"\r\n\n" + BODY),
    refused("line end CR as the empty line", _START + b"\r\n" + _HEAD + b"\r\n\r" + BODY),
    refused("an empty line before the request", b"\r\n" + post(LENGTH)),
    refused("a LF before the request", b"\n" + post(LENGTH)),
    _line("with CR in its value", "X-A: a\rb"),
    _line("with CR at its value's start", "X-A: \rb"),
    _line("with LF in its value", "X-A: a\nX-B: b"),
    _line("folded with a blank", "X-A: a\r\n b"),
    _line("folded with a tab", "X-A: a\r\n\tb"),
    _line("folded into nothing", "X-A: a\r\n "),
    _line("with a blank before its colon", "X-A : 1"),
    _line("with a tab before its colon", "X-A\t: 1"),
    _line("without a colon", "X-A"),
    _line("without a name", ": 1"),
    _line("of a colon", ":"),
    _line("with its name over two lines", "X-\r\nA: 1"),
    _line("with a blank in its name", "X A: 1"),
    _line("with a quote in its name", 'X"A: 1'),
    _line("with brackets round its name", "(X): 1"),
    _line("with NUL in its name", "X\x00A: 1"),
    _line("with NUL in its value", "X-A: a\x00b"),
    _line("with a control in its value", "X-A: a\x01b"),
    _line("with DEL in its value", "X-A: a\x7fb"),
    _line("with 0x80 in its name", "X\x80A: 1"),
    _line("with 0xe9 in its name", "caf\xe9: 1"),
    _line("over the limit of bytes", "X-Long: " + "a" * 9_000, 431),
    _line("beyond the limit of fields", "\r\n".join(f"X-{number}: 1" for number in range(120)), 431),
    _line("beyond the limit of the head", "\r\n".join(f"X-{number}: {'a' * 4_000}" for number in range(9)), 431),
    refused("a first line that begins with a blank", _START + b"\r\n X-A: 1\r\n" + _HEAD + b"\r\n\r\n" + BODY),
    refused("a first line that begins with a tab", _START + b"\r\n\tX-A: 1\r\n" + _HEAD + b"\r\n\r\n" + BODY),
    refused("two keys", post(LENGTH, AUTH)),
    refused("two content types", post(LENGTH, JSON)),
    refused("two content encodings", post(LENGTH, "Content-Encoding: identity", "Content-Encoding: identity")),
)


def _start(name: str, start: str, status: int = 400) -> Row:
    return refused(f"request line {name}", post(LENGTH, start=start), status)


def _elsewhere(name: str, target: str) -> Row:
    # Whether the body must still be read decides whether the connection can go on.
    return Row(f"path {name}", post(LENGTH, start=f"POST {target} HTTP/1.1"), (404,), 0, closes=None)


def _host(name: str, value: str) -> Row:
    return refused(f"host {name}", post(LENGTH, host=f"Host: {value}"))


REQUEST_LINES = (
    taken("path with a query", post(LENGTH, start="POST /v1/chat/completions?a=/v1/models HTTP/1.1")),
    _elsewhere("with two slashes", "//v1/chat/completions"),
    _elsewhere("with two slashes inside", "/v1//chat/completions"),
    _elsewhere("with a slash behind", "/v1/chat/completions/"),
    _elsewhere("with dots", "/v1/../v1/chat/completions"),
    _elsewhere("with encoded dots", "/v1/%2e%2e/v1/chat/completions"),
    _elsewhere("with an encoded slash", "/v1/chat%2Fcompletions"),
    _elsewhere("with an encoded letter", "/v1/chat/%63ompletions"),
    _elsewhere("with a parameter", "/v1/chat/completions;a=b"),
    _elsewhere("with a fragment", "/v1/chat/completions#a"),
    _elsewhere("with a backslash", "/v1\\chat\\completions"),
    _elsewhere("in capitals", "/V1/Chat/Completions"),
    served("path of a star", get(start="OPTIONS * HTTP/1.1"), 404),
    refused("request line of HTTP/0.9", b"GET /healthz\r\n"),
    _start("of HTTP/1.32", "POST /v1/chat/completions HTTP/1.32"),
    _start("of HTTP/1.2", "POST /v1/chat/completions HTTP/1.2"),
    _start("of HTTP/2.0", "POST /v1/chat/completions HTTP/2.0", 505),
    _start("of HTTP/3", "POST /v1/chat/completions HTTP/3", 505),
    _start("with a version beyond 32 bits", "POST /v1/chat/completions HTTP/4294967295.255"),
    _start("with a version in small letters", "POST /v1/chat/completions http/1.1"),
    _start("with a version of two digits", "POST /v1/chat/completions HTTP/01.1"),
    _start("with a version without a point", "POST /v1/chat/completions HTTP/11"),
    _start("with a version and a blank", "POST /v1/chat/completions HTTP/1.1 "),
    _start("with another protocol", "POST /v1/chat/completions ICAP/1.0"),
    _start("with LF between its parts", "POST\n/v1/chat/completions\nHTTP/1.1"),
    _start("with tabs between its parts", "POST\t/v1/chat/completions\tHTTP/1.1"),
    _start("with two blanks", "POST  /v1/chat/completions HTTP/1.1"),
    _start("with a blank before", " POST /v1/chat/completions HTTP/1.1"),
    _start("with a method in small letters", "post /v1/chat/completions HTTP/1.1"),
    _start("with a method in mixed letters", "Post /v1/chat/completions HTTP/1.1"),
    _start("with NUL in its method", "PO\x00ST /v1/chat/completions HTTP/1.1"),
    _start("with a bracket in its method", "PO(ST /v1/chat/completions HTTP/1.1"),
    _start("without a method", "/v1/chat/completions HTTP/1.1"),
    _start("with a method of 40 letters", "P" * 40 + " /v1/chat/completions HTTP/1.1"),
    _start("with an absolute target", "POST http://gateway.test/v1/chat/completions HTTP/1.1"),
    _start("with another host's target", "POST http://evil.test/v1/chat/completions HTTP/1.1"),
    _start("with a blank in its target", "POST /v1/chat /completions HTTP/1.1"),
    _start("with NUL in its target", "POST /v1/chat\x00/completions HTTP/1.1"),
    _start("with 0x80 in its target", "POST /v1/chat/\x80 HTTP/1.1"),
    _start("with a target without a slash", "POST v1/chat/completions HTTP/1.1"),
    _start("of a tunnel", "CONNECT gateway.test:443 HTTP/1.1"),
    _start("with an endless target", "POST /" + "a" * 9_000 + " HTTP/1.1", 414),
)

HOSTS = (
    taken("host with a port", post(LENGTH, host="Host: gateway.test:8400")),
    taken("host as an address", post(LENGTH, host="Host: [::1]:8400")),
    taken("host empty", post(LENGTH, host="Host:")),
    taken("host missing over HTTP/1.0", post(LENGTH, start="POST /v1/chat/completions HTTP/1.0", host=""), closes=True),
    refused("host missing", post(LENGTH, host="")),
    refused("host twice", post(LENGTH, HOST)),
    refused("host twice, unequal", post(LENGTH, "Host: evil.test")),
    _host("with a path", "gateway.test/v1/models"),
    _host("with a query", "gateway.test?a"),
    _host("with a fragment", "gateway.test#a"),
    _host("with a user", "user@gateway.test"),
    _host("with a backslash", "gateway.test\\a"),
    _host("as a list", "gateway.test, evil.test"),
    _host("with a blank", "gateway .test"),
    _host("with a port that is no number", "gateway.test:http"),
    _host("with a port of six digits", "gateway.test:123456"),
    _host("with an open bracket", "[::1"),
    _host("with 0x80", "gateway\x80.test"),
    _host("with a quote", 'gateway".test'),
    _host("as a URL", "http://gateway.test"),
)

_GET = get()
_CHAT = post(LENGTH)
_BODY_IN_CHUNKS = b"%x\r\n%b\r\n0\r\n\r\n" % (SIZE, BODY)
_IN_CHUNKS = post(CHUNKED, body=_BODY_IN_CHUNKS)
_UPGRADE = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA")
_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

LIVES = (
    Row("two requests in one piece", _CHAT + _CHAT, (200, 200), 2, closes=False),
    Row("a request after a chunked one", _IN_CHUNKS + _GET, (200, 200), 1, closes=False),
    Row("a bad request after a good one", _CHAT + b"BAD\r\n\r\n", (200, 400), 1, closes=True),
    Row("a good request after a bad one", b"BAD\r\n\r\n" + _CHAT, (400,), 0, closes=True),
    Row("a good request after a bad chunk", post(CHUNKED, body=b"zz\r\n") + _CHAT, (400,), 0, closes=True),
    Row("a request in the body of another", get(f"Content-Length: {len(_GET)}") + _GET, (200,), 0, closes=False),
    Row("a body after a length of zero", get("Content-Length: 0") + BODY, (200, 400), 0, closes=True),
    Row("a request behind one that closes", get("Connection: close") + _CHAT, (200,), 0, closes=True),
    Row("a request behind one of HTTP/1.0", get(start="GET /healthz HTTP/1.0") + _CHAT, (200,), 0, closes=True),
    taken("a body that did not wait to be asked for", post(LENGTH, "Expect: 100-continue")),
    taken("a connection that is to close", post(LENGTH, "Connection: close"), closes=True),
    taken("a connection that would upgrade but names nothing", post(LENGTH, "Connection: upgrade")),
    served("an upgrade to a web socket", get("Connection: upgrade", "Upgrade: websocket")),
    taken("an upgrade to HTTP/2", post(LENGTH, *_UPGRADE)),
    taken("an upgrade to HTTP/2 with a body in chunks", post(CHUNKED, *_UPGRADE, body=_BODY_IN_CHUNKS)),
    taken(
        "an upgrade to HTTP/2 on a connection that is to close",
        post(LENGTH, *_UPGRADE, "Connection: close"),
        closes=True,
    ),
    Row("a request behind an upgrade", post(LENGTH, *_UPGRADE) + _CHAT, (200, 200), 2, closes=False),
    Row("HTTP/2 behind an upgrade", post(LENGTH, *_UPGRADE) + _PREFACE, (200, 505), 1, closes=True),
    refused("an upgrade with two lengths", post(LENGTH, f"Content-Length: {SIZE + 1}", *_UPGRADE)),
    refused("an upgrade with a length and chunks", post(LENGTH, CHUNKED, *_UPGRADE, body=_BODY_IN_CHUNKS)),
    refused("an upgrade with a coding besides chunked", post("Transfer-Encoding: gzip, chunked", *_UPGRADE)),
    refused("HTTP/2 from the start", _PREFACE, 505),
    refused("TLS on a plain port", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(32)),
    refused("SSH", b"SSH-2.0-OpenSSH_9.2\r\n"),
)
