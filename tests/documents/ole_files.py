"""Outlook messages and other OLE containers, made by code: the smallest file that readers of the format take."""

import struct

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_LEAST = 4096  # smaller streams would live in a stream of their own


def ole(streams: dict[str, bytes]) -> bytes:
    """Streams by their path (`storage/storage/stream`), each padded with zeros to 4,096 bytes."""
    entries: list[tuple[str, int, bytes, list[int]]] = [("Root Entry", 5, b"", [])]
    places = {"": 0}

    def add(path: str, kind: int, content: bytes) -> None:
        storage, _, name = path.rpartition("/")
        if storage not in places:
            add(storage, 1, b"")
        places[path] = len(entries)
        entries[places[storage]][3].append(len(entries))
        entries.append((name, kind, content, []))

    for path, content in streams.items():
        add(path, 2, content.ljust(_LEAST, b"\0"))
    return _file(entries)


def _file(entries: list[tuple[str, int, bytes, list[int]]]) -> bytes:
    directory_sectors = -(-len(entries) * 128 // _SECTOR)
    wanted = directory_sectors + sum(-(-len(content) // _SECTOR) for _, _, content, _ in entries)
    tables = max(4, -(-wanted // 126))
    fat: list[int] = [_FAT] * tables
    fat += _chain(len(fat), directory_sectors)
    body = b""
    starts = []
    for _, _, content, _ in entries:
        count = -(-len(content) // _SECTOR)
        starts.append(len(fat) if count else _END)
        fat += _chain(len(fat), count)
        body += content.ljust(count * _SECTOR, b"\0")
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(tables * _SECTOR, b"\xff")
    siblings = {one: after for entry in entries for one, after in zip(entry[3], [*entry[3][1:], _FREE], strict=False)}
    directory = b"".join(
        _entry(entry, starts[at], siblings.get(at, _FREE), entry[3][0] if entry[3] else _FREE)
        for at, entry in enumerate(entries)
    )
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, tables, tables, 0, _LEAST, _END, 0, _END, 0)
    header += struct.pack("<109I", *range(tables), *[_FREE] * (109 - tables))
    return header + table + directory.ljust(directory_sectors * _SECTOR, b"\0") + body


def _chain(first: int, count: int) -> list[int]:
    return [first + at + 1 for at in range(count - 1)] + [_END] if count else []


def _entry(entry: tuple[str, int, bytes, list[int]], start: int, right: int, child: int) -> bytes:
    name, kind, content, _ = entry
    wide = name.encode("utf-16-le")
    head = wide.ljust(64, b"\0") + struct.pack("<HBBIII", len(wide) + 2, kind, 1, _FREE, right, child)
    return head + bytes(36) + struct.pack("<IQ", start, len(content))


def outlook_message(body: str = "Please see the attached list.") -> bytes:
    def wide(text: str) -> bytes:
        return text.encode("utf-16-le")

    ticks = 134_171_000_000_000_000  # March 2026, in 100 ns since 1601
    sent = bytes(32) + b"\x40\x00\x39\x00" + bytes(4) + struct.pack("<Q", ticks)
    return ole(
        {
            "__properties_version1.0": sent,
            "__substg1.0_0037001F": wide("Delivery late"),
            "__substg1.0_0C1A001F": wide("Åsa Öberg"),
            "__substg1.0_5D01001F": wide("asa@example.com"),
            "__substg1.0_0E04001F": wide("Team"),
            "__substg1.0_1000001F": wide(body),
            "__attach_version1.0_#00000000/__substg1.0_3707001F": wide("list.txt"),
            "__attach_version1.0_#00000000/__substg1.0_37010102": b"bolts and screws".ljust(4096),
        }
    )
