"""SseDecoder turns bytes, cut anywhere, into the data of server-sent events. wire.py reads what the data means.

https://html.spec.whatwg.org/multipage/server-sent-events.html, and the variants of gateways: comments, CR and CRLF,
`data:` without a space, blank lines before the body, or no events but one JSON document or an HTML page.
aiohttp's own line reader can't be used: it refuses lines above 128 KiB, and a tool call comes as one line.
"""

import re

_LINE_END = re.compile(rb"\r\n|\r|\n")
_BOM = b"\xef\xbb\xbf"
_FIELD = re.compile(rb"(data|event|id|retry)?\s*:")
_LONGEST_FIELD = 6


class SseDecoder:
    """Feed it bytes; it returns the data of complete events. A body that is no event stream is kept in `plain`."""

    def __init__(self) -> None:
        self._opening = b""  # bytes that came before the kind of the body was known
        self._is_plain: bool | None = None
        self._plain: list[bytes] = []
        self._line: list[bytes] = []  # pieces of an unfinished line; joined once, so that 3 MB cost 3 MB of copying
        self._ended_with_cr = False
        self._data: list[bytes] = []

    @property
    def plain(self) -> bytes:
        return b"".join(self._plain)

    @property
    def is_within_event(self) -> bool:
        """Tell whether the bytes so far end within a line of an event, or within a body that is no event stream."""
        return bool(self._plain) or (bool(self._line) and not self._line[0].startswith(b":"))

    def feed(self, chunk: bytes) -> list[bytes]:
        if self._is_plain is None:
            chunk = self._opened(chunk)
        if self._is_plain:
            self._plain.append(chunk)
            return []
        return self._read(chunk) if chunk else []

    def end(self) -> list[bytes]:
        """Return the last event, which may lack its blank line."""
        found: list[bytes] = []
        if self._opening:  # only a piece of a byte order mark
            self._plain.append(self._opening)
        if self._line:
            self._take_line(b"".join(self._line), found)
            self._line = []
        self._take_line(b"", found)
        return found

    def _opened(self, chunk: bytes) -> bytes:
        """Decide by the first bytes what the body is. Return b"" while they do not tell."""
        self._opening += chunk
        if len(self._opening) < len(_BOM) and _BOM.startswith(self._opening):
            return b""
        start = self._opening.removeprefix(_BOM).lstrip()
        self._opening = start  # drop blank lines sent as heartbeats, which must not pile up
        if not start or (len(start) < _LONGEST_FIELD and start.isalpha() and start[:1] in b"deir"):
            return b""
        self._is_plain = not _FIELD.match(start)
        self._opening = b""
        return start

    def _read(self, chunk: bytes) -> list[bytes]:
        if self._ended_with_cr and chunk.startswith(b"\n"):
            chunk = chunk[1:]
            self._ended_with_cr = False
            if not chunk:
                return []
        self._ended_with_cr = chunk.endswith(b"\r")
        first, *rest = chunk.split(b"\n") if b"\r" not in chunk else _LINE_END.split(chunk)
        found: list[bytes] = []
        self._line.append(first)
        if rest:
            self._take_line(b"".join(self._line), found)
            for line in rest[:-1]:
                self._take_line(line, found)
            self._line = [rest[-1]] if rest[-1] else []
        return found

    def _take_line(self, line: bytes, found: list[bytes]) -> None:
        if line.startswith(b"data:"):
            self._data.append(line[6:] if line.startswith(b" ", 5) else line[5:])
        elif not line.strip():
            if self._data:
                found.append(b"\n".join(self._data))
                self._data = []
        elif line.startswith(b"{"):  # an error written into the stream without `data:`
            found.append(line)
