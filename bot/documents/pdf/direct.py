"""Calls PDFium with its handles as plain numbers, for calls that are made for every object or letter of a page.

`pypdfium2.raw` makes and checks a pointer at each call, which takes two to three times as long as the call itself.
"""

import ctypes
from typing import Any

from pypdfium2 import raw  # type: ignore[import-untyped]

Handle = int

_HANDLE, _INT, _UINT = ctypes.c_void_p, ctypes.c_int, ctypes.c_uint


def handle(of: Any) -> Handle:
    """Return the handle of a page or text layer of pypdfium2. It is valid while that is open.

    Raises ValueError when it is closed.
    """
    number = ctypes.cast(of.raw, ctypes.c_void_p).value
    if number is None:
        raise ValueError("closed")
    return number


def _bare(name: str, result: Any, *arguments: Any) -> Any:
    place = ctypes.cast(getattr(raw, name), ctypes.c_void_p).value
    assert place is not None
    return ctypes.CFUNCTYPE(result, *arguments)(place)


count_objects = _bare("FPDFPage_CountObjects", _INT, _HANDLE)
get_object = _bare("FPDFPage_GetObject", _HANDLE, _HANDLE, _INT)
count_inside = _bare("FPDFFormObj_CountObjects", _INT, _HANDLE)
get_inside = _bare("FPDFFormObj_GetObject", _HANDLE, _HANDLE, ctypes.c_ulong)
kind_of = _bare("FPDFPageObj_GetType", _INT, _HANDLE)
bounds_of = _bare("FPDFPageObj_GetBounds", _INT, _HANDLE, _HANDLE, _HANDLE, _HANDLE, _HANDLE)

# Counts one rectangle for each piece of text that one operator of the page wrote.
count_rects = _bare("FPDFText_CountRects", _INT, _HANDLE, _INT, _INT)
char_index = _bare("FPDFText_GetCharIndexFromTextIndex", _INT, _HANDLE, _INT)
unicode_of = _bare("FPDFText_GetUnicode", _UINT, _HANDLE, _INT)
origin_of = _bare("FPDFText_GetCharOrigin", _INT, _HANDLE, _INT, _HANDLE, _HANDLE)
matrix_of = _bare("FPDFText_GetMatrix", _INT, _HANDLE, _INT, _HANDLE)
loose_box_of = _bare("FPDFText_GetLooseCharBox", _INT, _HANDLE, _INT, _HANDLE)
font_size_of = _bare("FPDFText_GetFontSize", ctypes.c_double, _HANDLE, _INT)
font_info_of = _bare("FPDFText_GetFontInfo", ctypes.c_ulong, _HANDLE, _INT, _HANDLE, ctypes.c_ulong, _HANDLE)
