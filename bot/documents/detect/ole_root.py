"""Lists the top-level streams of an old Office container (OLE). An embedded file has streams of the same names, but
deeper.
"""

import struct

_NONE = 0xFFFFFFFA  # a number from here on is a marker, not a sector
_MOST_SECTORS = 4000
_MOST_ENTRIES = 4000
_ENTRY_BYTES = 128
_STREAM = 2


def root_streams(data: bytes) -> frozenset[str]:
    """Return the names of the streams in the root storage, or an empty set when the directory can't be read."""
    try:
        return frozenset(_children(_directory(data)))
    except (struct.error, IndexError, ValueError):
        return frozenset()


def _directory(data: bytes) -> list[bytes]:
    shift = struct.unpack_from("<H", data, 30)[0]
    if shift not in {9, 12}:
        raise ValueError("sector size")
    size = 1 << shift
    tables = struct.unpack_from("<109I", data, 76)
    sector = struct.unpack_from("<I", data, 48)[0]
    entries: list[bytes] = []
    for _ in range(_MOST_SECTORS):
        if sector >= _NONE or len(entries) > _MOST_ENTRIES:
            break
        start = (sector + 1) * size
        content = data[start : start + size]
        entries += [content[at : at + _ENTRY_BYTES] for at in range(0, len(content), _ENTRY_BYTES)]
        table, place = divmod(sector, size // 4)
        sector = struct.unpack_from("<I", data, (tables[table] + 1) * size + 4 * place)[0]
    return entries


def _children(entries: list[bytes]) -> list[str]:
    found = []
    waiting = [struct.unpack_from("<I", entries[0], 76)[0]]
    seen: set[int] = set()
    while waiting:
        at = waiting.pop()
        if at >= len(entries) or at in seen:
            continue
        seen.add(at)
        length, kind = struct.unpack_from("<HB", entries[at], 64)
        waiting += struct.unpack_from("<II", entries[at], 68)
        if kind == _STREAM:
            found.append(entries[at][: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace"))
    return found
