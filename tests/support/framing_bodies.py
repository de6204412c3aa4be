"""Framing of bodies: lengths, codings and chunks that could be read in two ways, and their plain neighbours."""

from tests.support.framing import BODY, CHUNKED, HEX, LENGTH, SIZE, Row, chunks, get, post, refused, served, taken


def _length(name: str, value: str, status: int = 400) -> Row:
    return refused(f"length {name}", post(f"Content-Length:{value}"), status)


CONTENT_LENGTH = (
    taken("length plain", post(LENGTH)),
    taken("length without a space", post(f"Content-Length:{SIZE}")),
    taken("length after a tab", post(f"Content-Length:\t{SIZE}")),
    taken("length with trailing space", post(f"{LENGTH} \t")),
    taken("length in capitals", post(f"CONTENT-LENGTH: {SIZE}")),
    served("length zero on a GET", get("Content-Length: 0")),
    served("length and body on a GET", get("Content-Length: 5") + b"GET /"),
    _length("with a plus", f" +{SIZE}"),
    _length("with an underscore", " 6_5"),
    _length("with a plus and an underscore", " +6_5"),
    _length("in hexadecimal", f" 0x{HEX}"),
    _length("with a leading zero", f" 0{SIZE}"),
    _length("in zeros only", " 00"),
    _length("negative", f" -{SIZE}"),
    _length("negative zero", " -0"),
    _length("empty", ""),
    _length("of blanks", "   "),
    _length("with a letter behind", f" {SIZE}Z"),
    _length("with a blank inside", " 6 5"),
    _length("as a list", f" {SIZE},{SIZE}"),
    _length("as a list with a blank", f" {SIZE}, {SIZE}"),
    _length("as a list of two values", f" {SIZE},0"),
    _length("with NEL behind", f" {SIZE}\x85"),
    _length("with NBSP before", f" \xa0{SIZE}"),
    _length("with NBSP behind", f" {SIZE}\xa0"),
    _length("with VT before", f" \x0b{SIZE}"),
    _length("with FF behind", f" {SIZE}\x0c"),
    _length("in superscript", " \xb2"),
    _length("as a decimal", f" {SIZE}.0"),
    _length("with an exponent", " 65e0"),
    _length("with a comment", f" {SIZE} (bytes)"),
    _length("in quotes", f' "{SIZE}"'),
    _length("beyond 64 bits", " 18446744073709551681"),
    _length("beyond 32 bits", " 4294967361", 413),
    _length("over the limit by one", f" {32 * 1024 * 1024 + 1}", 413),
    refused("length twice, unequal", post(LENGTH, "Content-Length: 5")),
    refused("length twice, unequal, the lesser first", post("Content-Length: 5", LENGTH)),
    refused("length twice, equal", post(LENGTH, LENGTH)),
    refused("length twice, in other letters", post(LENGTH, f"content-length: {SIZE}")),
    Row("length with an underscore in its name", post(f"Content_Length: {SIZE}"), (400, 400), 0, closes=True),
)


def _coding(name: str, *lines: str, start: str = "POST /v1/chat/completions HTTP/1.1") -> Row:
    body = b"%b\r\n%b\r\n0\r\n\r\n" % (HEX.encode(), BODY)
    return refused(f"coding {name}", post(*lines, body=body, start=start))


_ONE_CHUNK = b"%b\r\n%b\r\n" % (HEX.encode(), BODY)
_END = b"0\r\n\r\n"

TRANSFER_ENCODING = (
    taken("coding chunked", chunks(_ONE_CHUNK, _END)),
    taken("coding in mixed case", post("Transfer-Encoding: ChunkeD", body=_ONE_CHUNK + _END)),
    taken("coding with trailing blanks", post("Transfer-Encoding: chunked \t", body=_ONE_CHUNK + _END)),
    taken("coding beside a TE field", post(CHUNKED, "TE: trailers", body=_ONE_CHUNK + _END)),
    served("coding on a GET", get(CHUNKED) + _END),
    _coding("after a comma", "Transfer-Encoding: ,chunked"),
    _coding("before a comma", "Transfer-Encoding: chunked,"),
    _coding("twice in one field", "Transfer-Encoding: chunked, chunked"),
    _coding("twice in two fields", CHUNKED, CHUNKED),
    _coding("in a second field", "Transfer-Encoding: identity", CHUNKED),
    _coding("before a second field", CHUNKED, "Transfer-Encoding: identity"),
    _coding("identity", "Transfer-Encoding: identity"),
    _coding("gzip", "Transfer-Encoding: gzip"),
    _coding("gzip and chunked", "Transfer-Encoding: gzip, chunked"),
    _coding("chunked but not last", "Transfer-Encoding: chunked, gzip"),
    _coding("identity and chunked", "Transfer-Encoding: identity, chunked"),
    _coding("with a letter before", "Transfer-Encoding: xchunked"),
    _coding("with a letter behind", "Transfer-Encoding: chunkedx"),
    _coding("after NBSP", "Transfer-Encoding: \xa0chunked"),
    _coding("before NEL", "Transfer-Encoding: chunked\x85"),
    _coding("after VT", "Transfer-Encoding: \x0bchunked"),
    _coding("with a parameter", "Transfer-Encoding: chunked;q=1"),
    _coding("in quotes", 'Transfer-Encoding: "chunked"'),
    _coding("empty", "Transfer-Encoding:"),
    _coding("cut", "Transfer-Encoding: chunk"),
    _coding("over two lines", "Transfer-Encoding:\r\n chunked"),
    _coding("before a blank and a colon", "Transfer-Encoding : chunked"),
    _coding("before a length", CHUNKED, LENGTH),
    _coding("after a length", LENGTH, CHUNKED),
    _coding("with a length of zero", "Content-Length: 0", CHUNKED),
    _coding("over HTTP/1.0", CHUNKED, start="POST /v1/chat/completions HTTP/1.0"),
    refused("a gzipped body", post(LENGTH, "Content-Encoding: gzip"), 415),
    taken("an identity body", post(LENGTH, "Content-Encoding: identity")),
    Row("coding with an underscore in its name", post("Transfer_Encoding: chunked"), (400, 400), 0, closes=True),
)


def _size_line(name: str, line: bytes, status: int = 400) -> Row:
    return refused(f"chunk size {name}", chunks(line, BODY, b"\r\n", _END), status)


_H = HEX.encode()

CHUNKS = (
    taken("chunks of one byte", chunks(*(b"1\r\n%c\r\n" % byte for byte in BODY), _END)),
    taken("two chunks", chunks(b"5\r\n%b\r\n" % BODY[:5], b"%x\r\n%b\r\n" % (SIZE - 5, BODY[5:]), _END)),
    taken("chunk size with leading zeros", chunks(b"0000", _ONE_CHUNK, _END)),
    taken("chunk size in capitals", chunks(b"A\r\n%b\r\n" % BODY[:10], b"%X\r\n%b\r\n" % (SIZE - 10, BODY[10:]), _END)),
    taken("last chunk of several zeros", chunks(_ONE_CHUNK, b"000\r\n\r\n")),
    _size_line("with an underscore", b"0_" + _H + b"\r\n"),
    _size_line("with 0x", b"0x" + _H + b"\r\n"),
    _size_line("0x alone", b"0x\r\n"),
    _size_line("with a plus", b"+" + _H + b"\r\n"),
    _size_line("with a minus", b"-" + _H + b"\r\n"),
    _size_line("after a blank", b" " + _H + b"\r\n"),
    _size_line("before a blank", _H + b" \r\n"),
    _size_line("after a tab", b"\t" + _H + b"\r\n"),
    _size_line("empty", b"\r\n"),
    _size_line("after an empty line", b"\r\n" + _H + b"\r\n"),
    _size_line("with a letter that is no digit", _H + b"g\r\n"),
    _size_line("that begins well", _H + b"xyz\r\n"),
    _size_line("in nine digits", b"0000000" + _H + b"\r\n"),
    _size_line("of eight digits over the limit", b"ffffffff\r\n", 413),
    _size_line("beyond 64 bits", b"1000000000000" + _H + b"\r\n"),
    _size_line("with LF only", _H + b"\n"),
    _size_line("with CR only", _H + b"\r"),
    _size_line("with two CR", _H + b"\r\r\n"),
    _size_line("with an extension", _H + b";name=value\r\n"),
    _size_line("with an empty extension", _H + b";\r\n"),
    _size_line("with CR in an extension", _H + b";a\rb\r\n"),
    _size_line("with LF in an extension", _H + b";a\nb\r\n"),
    _size_line("with an endless extension", _H + b";" + b"a" * 20_000),
    _size_line("with NUL", _H + b"\x00\r\n"),
    refused("chunk without its CRLF", chunks(_H, b"\r\n", BODY, _END, _END)),
    refused("chunk ended by two letters", chunks(_H, b"\r\n", BODY, b"XX", _END)),
    refused("chunk ended by two LF", chunks(_H, b"\r\n", BODY, b"\n\n", _END)),
    refused("chunk ended by two CR", chunks(_H, b"\r\n", BODY, b"\r\r", _END)),
    refused("chunk ended by LF and CR", chunks(_H, b"\r\n", BODY, b"\n\r", _END)),
    refused("chunk longer than its size", chunks(b"5\r\n", BODY, b"\r\n", _END)),
    refused("chunks with a trailer", chunks(_ONE_CHUNK, b"0\r\nX-Trailer: 1\r\n\r\n")),
    refused("chunks with a length as trailer", chunks(_ONE_CHUNK, b"0\r\nContent-Length: 5\r\n\r\n")),
    refused("chunks with LF after the last", chunks(_ONE_CHUNK, b"0\r\n\n")),
    refused("chunks with LF in the last", chunks(_ONE_CHUNK, b"0\n\r\n")),
    refused("chunks with an extension in the last", chunks(_ONE_CHUNK, b"0;a=b\r\n\r\n")),
    refused("chunks that go on after a bad one", chunks(b"5\r\n%b\r\n" % BODY[:5], b"zz\r\n", BODY, _END)),
)
