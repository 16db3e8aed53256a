"""What every reader of a ZIP file has to know before and while it opens one."""

import struct
import zipfile
import zlib

ZIP_ERRORS = (
    zipfile.BadZipFile,
    OSError,
    ValueError,
    KeyError,
    RuntimeError,
    NotImplementedError,
    EOFError,
    struct.error,
    zlib.error,
    OverflowError,
)
"""What zipfile raises for archives that are damaged, locked, or packed in a way it does not know."""


def directory_bytes(data: bytes) -> int | None:
    """Return the size of the archive's directory, as its end tells it; None when there is no end.

    A hostile ZIP can consist of its directory alone. `zipfile` reads all of it at once.
    """
    end = data.rfind(b"PK\x05\x06", max(0, len(data) - 66_000))
    return int(struct.unpack_from("<I", data, end + 12)[0]) if 0 <= end <= len(data) - 22 else None
