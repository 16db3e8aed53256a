"""Reads the top-level streams of an old Office container (OLE)."""

import io
import struct

import olefile  # type: ignore[import-untyped]

from bot.documents.refusals import damaged

OLE_ERRORS = (OSError, ValueError, IndexError, KeyError, TypeError, AttributeError, struct.error, RecursionError)


def streams(data: bytes, *names: str) -> dict[str, bytes]:
    """Return the streams with these names, as far as they exist. Raises FileBroken when the container can't be read."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            return {name: bytes(ole.openstream(name).read()) for name in names if ole.exists(name)}
    except OLE_ERRORS as error:
        raise damaged(f"ole: {type(error).__name__}") from error
