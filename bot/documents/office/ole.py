"""The streams of an old Office container, by their names at its top."""

import io
import struct

import olefile  # type: ignore[import-untyped]

from bot.documents.refusals import damaged

OLE_ERRORS = (OSError, ValueError, IndexError, KeyError, TypeError, AttributeError, struct.error, RecursionError)


def streams(data: bytes, *names: str) -> dict[str, bytes]:
    """Those of these names that are there. Raises FileBroken when the container itself cannot be read."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            return {name: bytes(ole.openstream(name).read()) for name in names if ole.exists(name)}
    except OLE_ERRORS as error:
        raise damaged(f"ole: {type(error).__name__}") from error
