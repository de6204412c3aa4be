"""The framing table of request heads: which are taken, which are refused, and with which status."""

START = "GET /v1/models HTTP/1.1"
POST = "POST /v1/chat/completions HTTP/1.1"
UPGRADE = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA")
"""As the JDK's client and `curl --http2` send them with their first request."""


def lines(*rows: str) -> bytes:
    """Rows of a head, each with its CRLF, and the closing empty line."""
    return "".join(f"{row}\r\n" for row in (*rows, "")).encode("latin-1")


def with_fields(*rows: str) -> bytes:
    """A POST with a Host and these fields."""
    return lines(POST, "Host: gateway.test", *rows)


def with_start(start: str) -> bytes:
    """A request with this request line."""
    return lines(start, "Host: gateway.test")


def with_host(host: str) -> bytes:
    """A GET with this Host field."""
    return lines(START, f"Host: {host}")


ACCEPTED = [
    ("no fields but Host", lines(START, "Host: gateway.test")),
    ("1.0 without Host", lines("GET / HTTP/1.0")),
    ("empty Host", with_host("")),
    ("Host with a port", with_host("gateway.test:8400")),
    ("Host in brackets", with_host("[::1]:8400")),
    ("Host as long as a name may be", with_host("a" * 255 + ":65535")),
    ("length of fifteen digits", with_fields("Content-Length: 123456789012345")),
    ("length zero", with_fields("Content-Length: 0")),
    ("length without space", with_fields("Content-Length:12")),
    ("length between tabs", with_fields("Content-Length:\t12\t")),
    ("length on GET", lines(START, "Host: a", "Content-Length: 5")),
    ("name in capitals", with_fields("CONTENT-LENGTH: 7")),
    ("chunked", with_fields("Transfer-Encoding: chunked")),
    ("chunked in capitals", with_fields("TRANSFER-ENCODING: CHUNKED")),
    ("unencoded by name", with_fields("Content-Encoding: identity")),
    ("empty value", with_fields("X-Empty:")),
    ("obs-text in a value", with_fields("X-Name: caf\xe9 \xff")),
    ("tab in a value", with_fields("X-Tab: a\tb")),
    ("every token character", with_fields("!#$%&'*+-.^_`|~09azAZ: 1")),
    ("underscore twin of a framing field", with_fields("Content_Length: 9", "Transfer_Encoding: chunked")),
    ("framing name inside a value", with_fields("X-A: content-length: 9")),
    ("target with a query", with_start("GET /v1/models?a=/../#x HTTP/1.1")),
    ("asterisk", with_start("OPTIONS * HTTP/1.1")),
    ("two slashes", with_start("GET //v1//models HTTP/1.1")),
    ("dots and escapes", with_start("GET /a/../%2e%2e/;b HTTP/1.1")),
    ("close and keep-alive", with_fields("Connection: keep-alive, close")),
    ("expectation", with_fields("Expect: 100-continue", "Content-Length: 3")),
    ("upgrade to h2c", with_fields(*UPGRADE, "Content-Length: 3")),
    ("upgrade to h2c, chunked", with_fields(*UPGRADE, "Transfer-Encoding: chunked")),
    ("upgrade to h2c without a body", lines(START, "Host: a", *UPGRADE)),
    ("upgrade to h2c over 1.0", lines("GET / HTTP/1.0", *UPGRADE)),
    ("upgrade to WebSocket", lines(START, "Host: a", "Connection: Upgrade", "Upgrade: websocket")),
    ("upgrade twice", with_fields("Upgrade: h2c", "Upgrade: websocket")),
    ("upgrade to nothing", with_fields("Upgrade:")),
]

REFUSED = [
    # 1. Content-Length
    *(
        (f"length {value!r}", with_fields(f"Content-Length:{value}"), 400)
        for value in (
            "", " ", " +1_0", " +10", " -48", " -0", " 0x10", " 010", " 00", " 1_0", " 1Z", " 1 0", " 1,1", " 1, 1",
            " 10;", ' "10"', " 1.0", " 1e1", " \x85" + "10", " 10\x85", " \xa0" + "10", " 10\xa0", " \xb2", " 10\x0b",
            " 1234567890123456", " 18446744073709551617", " 99999999999999999999999999",
        )
    ),
    ("lengths that conflict", with_fields("Content-Length: 5", "Content-Length: 6"), 400),
    ("lengths that agree", with_fields("Content-Length: 5", "content-length: 5"), 400),
    # 2. Transfer-Encoding
    *(
        (f"coding {value!r}", with_fields(f"Transfer-Encoding:{value}"), 400)
        for value in (
            "", " ,chunked", " chunked,", " chunked, chunked", " gzip, chunked", " chunked, gzip", " gzip",
            " identity", " xchunked", " chunkedx", " \xa0chunked", " chunked\x85", ' "chunked"', " chunked;q=1",
            " chun ked", " deflate",
        )
    ),
    ("codings twice", with_fields("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), 400),
    ("codings twice, one identity", with_fields("Transfer-Encoding: identity", "Transfer-Encoding: chunked"), 400),
    ("length and coding", with_fields("Content-Length: 5", "Transfer-Encoding: chunked"), 400),
    ("coding and length", with_fields("Transfer-Encoding: chunked", "Content-Length: 5"), 400),
    ("coding over 1.0", lines("POST / HTTP/1.0", "Transfer-Encoding: chunked"), 400),
    # 4. Lines
    ("bare LF after the request line", b"GET / HTTP/1.1\nHost: a\r\n\r\n", 400),
    ("bare LF after a field", b"GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", 400),
    ("LF only", b"GET / HTTP/1.1\nHost: a\n\n", 400),
    ("LF for the empty line", b"GET / HTTP/1.1\r\nHost: a\r\n\n", 400),
    ("bare CR after a field", b"GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", 400),
    ("CR CR LF", b"GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", 400),
    ("CR in a value", with_fields("X-A: a\rb"), 400),
    ("CR in a name", with_fields("X\r-A: b"), 400),
    ("obs-fold with space", with_fields("X-A: a", " b"), 400),
    ("obs-fold with tab", with_fields("X-A: a", "\tb"), 400),
    ("first field begins with space", lines(START, " Host: a"), 400),
    ("first field begins with tab", lines(START, "\tHost: a"), 400),
    ("space before the colon", with_fields("Content-Length : 5"), 400),
    ("tab before the colon", with_fields("Content-Length\t: 5"), 400),
    ("no colon", with_fields("X-A"), 400),
    ("empty name", with_fields(": a"), 400),
    ("colon alone", with_fields(":"), 400),
    ("name over two lines", with_fields("Content-", "Length: 5"), 400),
    ("name with a space", with_fields("Content Length: 5"), 400),
    ("NUL in a value", with_fields("X-A: a\x00b"), 400),
    ("NUL in a name", with_fields("X\x00A: b"), 400),
    ("NUL alone", b"\x00", 400),
    ("DEL in a value", with_fields("X-A: a\x7fb"), 400),
    ("escape in a value", with_fields("X-A: a\x1bb"), 400),
    ("high byte in a name", with_fields("X-\xe9: b"), 400),
    ("no-break space before the colon", with_fields("Content-Length\xa0: 5"), 400),
    *((f"name with {sign!r}", with_fields(f"X{sign}A: b"), 400) for sign in '()<>@,;\\"/[]?={}'),
    # 5. Request line
    ("HTTP/0.9", b"GET /\r\n", 400),
    ("no target", b"GET HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("version with two digits", with_start("GET / HTTP/1.32"), 400),
    ("version that overflows", with_start("GET / HTTP/4294967295.255"), 400),
    ("version 1.2", with_start("GET / HTTP/1.2"), 400),
    ("version 1", with_start("GET / HTTP/1"), 400),
    ("version 0.9", with_start("GET / HTTP/0.9"), 400),
    ("version in small letters", with_start("GET / http/1.1"), 400),
    ("version 2.0", with_start("GET / HTTP/2.0"), 505),
    ("version 3", with_start("GET / HTTP/3"), 505),
    ("preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    ("method in small letters", with_start("get / HTTP/1.1"), 400),
    ("method with a dash", with_start("M-SEARCH / HTTP/1.1"), 400),
    ("method over its limit", with_start("ABCDEFGHIJKLMNOPQ / HTTP/1.1"), 400),
    ("method with a high byte", with_start("G\xc9T / HTTP/1.1"), 400),
    ("no method", b" / HTTP/1.1\r\n\r\n", 400),
    ("two spaces", with_start("GET  / HTTP/1.1"), 400),
    ("tab for a space", with_start("GET\t/ HTTP/1.1"), 400),
    ("space in the target", with_start("GET /a b HTTP/1.1"), 400),
    ("space after the version", with_start("GET / HTTP/1.1 "), 400),
    ("vertical tab for a space", with_start("GET /\x0bHTTP/1.1"), 400),
    ("high byte in the target", with_start("GET /\xe9 HTTP/1.1"), 400),
    ("control in the target", with_start("GET /\x01 HTTP/1.1"), 400),
    ("absolute form", with_start("GET http://gateway.test/v1/models HTTP/1.1"), 400),
    ("authority form", with_start("CONNECT gateway.test:443 HTTP/1.1"), 400),
    ("asterisk with more", with_start("OPTIONS *x HTTP/1.1"), 400),
    ("relative target", with_start("GET v1/models HTTP/1.1"), 400),
    ("empty line before the request", b"\r\n" + with_start("GET / HTTP/1.1"), 400),
    ("space before the request", b" " + with_start("GET / HTTP/1.1"), 400),
    ("TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    # 5. Host
    ("Host missing", lines(START), 400),
    ("Host twice", lines(START, "Host: a", "Host: a"), 400),
    *(
        (f"Host {host!r}", with_host(host), 400)
        for host in (
            "a/b", "a?b", "a#b", "a@b", "a\\b", "a b", "a:b", "a:80:80", "a:123456", "[::1", "::1", "[::1]x",
            "[gateway]", "caf\xe9", "a<b", 'a"b', "http://a", "a" * 262,
        )
    ),
    # 6. What changes the connection, and what is given twice
    ("upgrade to h2c, two lengths", with_fields(*UPGRADE, "Content-Length: 5", "Content-Length: 6"), 400),
    ("upgrade to h2c, both", with_fields(*UPGRADE, "Transfer-Encoding: chunked", "Content-Length: 5"), 400),
    ("upgrade to h2c, coding but chunked", with_fields(*UPGRADE, "Transfer-Encoding: gzip, chunked"), 400),
    ("upgrade to h2c, folded", with_fields("Upgrade: h2c,", " websocket"), 400),
    ("upgrade with a control", with_fields("Upgrade: h2c\x00"), 400),
    ("key twice", with_fields("Authorization: Bearer a", "Authorization: Bearer b"), 400),
    ("type twice", with_fields("Content-Type: application/json", "Content-Type: text/plain"), 400),
    ("gzip", with_fields("Content-Encoding: gzip"), 415),
    ("two encodings", with_fields("Content-Encoding: identity, gzip"), 415),
]  # fmt: skip
