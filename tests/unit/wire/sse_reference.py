"""A plain reader of event streams, written straight from the WHATWG's algorithm, and the streams to hold it against."""

BOM = b"\xef\xbb\xbf"


def data_of(stream: bytes) -> list[bytes]:
    """The data of each event that a browser would dispatch from this whole stream (HTML, 9.2.6)."""
    text = stream.removeprefix(BOM)
    events: list[bytes] = []
    lines: list[bytes] = []
    for line in _lines(text):
        if line == b"":
            if lines:
                events.append(b"\n".join(lines))
            lines = []
        elif line.startswith(b":"):
            continue
        else:
            name, colon, value = line.partition(b":")
            if colon and value.startswith(b" "):
                value = value[1:]
            if name == b"data":
                lines.append(value)
    return events  # what was begun and not ended by an empty line is dropped


def _lines(text: bytes) -> list[bytes]:
    """The lines that were ended, by CRLF, LF or CR."""
    lines: list[bytes] = []
    line = bytearray()
    position = 0
    while position < len(text):
        byte = text[position : position + 1]
        if byte in (b"\r", b"\n"):
            position += 2 if text[position : position + 2] == b"\r\n" else 1
            lines.append(bytes(line))
            line.clear()
        else:
            line += byte
            position += 1
    return lines


GOLDEN = {
    "LF": b"data: one\n\ndata: two\n\n",
    "CRLF": b"data: one\r\n\r\ndata: two\r\n\r\n",
    "CR": b"data: one\r\rdata: two\r\r",
    "LF then CRLF": b"data: one\n\r\ndata: two\n\r\n",
    "CRLF then LF": b"data: one\r\n\ndata: two\r\n\n",
    "CR then CRLF": b"data: one\r\r\ndata: two\r\r\n",
    "LF then CR": b"data: one\n\rdata: two\n\n",
    "CRLF then CR": b"data: one\r\n\rdata: two\n\n",
    "every mixture": b"data: a\n\ndata: b\r\n\r\ndata: c\r\rdata: d\n\r\ndata: e\r\n\ndata: f\r\r\n",
    "byte order mark": BOM + b"data: one\n\ndata: two\n\n",
    "byte order mark before a comment": BOM + b": hi\n\ndata: one\n\n",
    "byte order mark later on": b"data: one\n\n" + BOM + b"data: two\n\n" + BOM + b"x: y\ndata: " + BOM + b"\n\n",
    "two byte order marks": BOM + BOM + b"data: one\n\ndata: two\n\n",
    "comments": b": hi\n\n:\n\n: data: no\ndata: one\n: between\ndata: two\n\n: end\n\n",
    "comment without an event": b": keep-alive\n\n",
    "several lines of data": b"data: one\ndata: two\n\ndata\ndata: three\ndata:\n\n",
    "no colon": b"data\n\ndata\ndata\n\n",
    "no blank, two blanks": b"data:one\n\ndata:  two\n\ndata: \n\n",
    "other fields": b"event: x\nid: 1\nretry: 10\ndata: one\n\nid: \x00\nretry: soon\ndata: two\n\nevent: alone\n\n",
    "names that only begin alike": b"dat: a\n\ndata2: b\n\nDATA: c\n\n data: d\n\ndata : e\n\ndata: f\n\n",
    "colons in data": b"data: a:b: c\n\ndata::\n\n",
    "field after the data": b"data: one\nid: 2\n\nid: 3\ndata: two\n\n",
    "blank lines": b"\n\n\ndata: one\n\n\n\n\ndata: two\n\n\n",
    "blank lines with CRLF": b"\r\n\r\ndata: one\r\n\r\n\r\ndata: two\r\n\r\n\r\n",
    "not ended": b"data: one\n\ndata: two\n",
    "not ended, with CRLF": b"data: one\r\n\r\ndata: two\r\n",
    "cut in a line": b"data: one\n\ndata: tw",
    "nothing": b"",
    "no line end": b"data: one",
    "not UTF-8": b"data: \xff\xfe\xc0\n\ndata: \xe2\x82\n\n",
    "NUL": b"data: a\x00b\n\nda\x00ta: c\n\n",
}
