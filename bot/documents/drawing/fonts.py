"""Finds a font that can write a text.

Pillow's own font has little more than ASCII, so the fonts of the machine are tried after it.
"""

import functools
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from PIL import ImageFont

Font = ImageFont.FreeTypeFont

_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "C:/Windows/Fonts",
)
# How the file names of fonts begin, the best first: Latin, Greek and Cyrillic fonts, then Chinese ones.
_WANTED = (
    "DejaVuSans.",
    "NotoSans-Regular",
    "LiberationSans-Regular",
    "Arial.",
    "arial.",
    "NotoSansCJK-Regular",
    "NotoSansSC-Regular",
    "SourceHanSans",
    "wqy-",
    "DroidSansFallback",
    "PingFang",
    "Hiragino Sans GB",
    "msyh",
    "simhei",
    "Arial Unicode",
)
_SIMPLIFIED_CHINESE = 2  # the index of the font in Noto's collection; its first font is Japanese
_NO_CHARACTER = "\uffff"


def lettering(text: str, size: float) -> tuple[str, Font]:
    """Return the part of a text that can be written, on one line, and the font for it.

    A letter that no font has loses its accents or is left out.
    """
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    best, best_font = "", _own(size)
    for path in ("", *_found()):
        font = _own(size) if not path else _opened(path, size)
        if font is None:
            continue
        written = _covered(line, font)
        if written == line:
            return line, font
        if len(written) > len(best):
            best, best_font = written, font
    return " ".join(best.split()), best_font


def _covered(line: str, font: Font) -> str:
    missing = _shape(font, _NO_CHARACTER)
    written = []
    for char in line:
        for candidate in (char, unicodedata.normalize("NFKD", char)[:1]):
            if candidate.isspace() or _shape(font, candidate) != missing:
                written.append(candidate)
                break
    return "".join(written)


def _shape(font: Font, char: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(char)
    return mask.size, bytes(mask)


def _own(size: float) -> Font:
    font = ImageFont.load_default(size)
    assert isinstance(
        font, ImageFont.FreeTypeFont
    )  # Pillow returns another class only when it was built without FreeType
    return font


def _opened(path: str, size: float) -> Font | None:
    is_noto = Path(path).name.startswith("NotoSansCJK") and path.endswith(".ttc")
    try:
        return ImageFont.truetype(path, size, index=_SIMPLIFIED_CHINESE if is_noto else 0)
    except OSError:
        return None


@functools.cache
def _found() -> tuple[str, ...]:
    files = [path for folder in _FOLDERS for path in _files(Path(folder))]
    ranked = [(rank, str(path)) for rank, start in enumerate(_WANTED) for path in files if path.name.startswith(start)]
    return tuple(path for _, path in sorted(ranked))


def _files(folder: Path) -> Iterator[Path]:
    for ending in ("ttf", "ttc", "otf"):
        yield from folder.rglob(f"*.{ending}")
