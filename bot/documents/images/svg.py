"""Draws SVG files with cairosvg, an optional extra. Nothing outside the file is read: no files, no addresses."""

import base64
import binascii
import io
import re
from types import ModuleType
from urllib.parse import unquote_to_bytes
from xml.etree.ElementTree import Element, ParseError

from PIL import Image

from bot.documents.detect.sniff import sniff
from bot.documents.refusals import DAMAGED_SVG, NO_SVG, SVG_ENTITIES
from bot.errors import FileBroken, FileUnsupported

_LONG_SIDE_PX = 2048  # sharp, and near the model's limit for a square; a drawing has no pixels of its own
_DEFAULT_SIZE = (300.0, 150.0)  # the size that browsers use when a drawing has none
_LONGEST_ASPECT = 100.0
_EMBEDDED_PIXELS = 20_000_000
_EMPTY = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"></svg>'
_PX_PER_UNIT = {"": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0, "em": 16.0}
# cairo draws letters in stripes with this setting, which CorelDRAW and Office write.
_PRECISE = re.compile(rb"(text-rendering\s*(?:=\s*[\"']|:)\s*)geometricPrecision")
_LENGTH = re.compile(r"\s*([0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?)\s*([a-zA-Z]*)\s*$")


def draw_svg(data: bytes) -> Image.Image:
    """Draw the file on transparent ground, with a long side of 2,048 px.

    Raises FileBroken, or FileUnsupported when cairosvg is missing.
    """
    cairosvg = _cairosvg()
    width, height = _size(_parse(data))
    scale = _LONG_SIDE_PX / max(width, height)
    try:
        png = cairosvg.surface.PNGSurface.convert(  # svg2png has no parameter for a fetcher
            bytestring=_PRECISE.sub(rb"\1auto", data),
            url_fetcher=_refuse,
            output_width=max(1, round(width * scale)),
            output_height=max(1, round(height * scale)),
        )
    except MemoryError:
        raise
    except Exception as error:  # cairosvg does not catch the errors of its parsers
        raise FileBroken(f"cairosvg: {type(error).__name__}", user_message=DAMAGED_SVG) from error
    return Image.open(io.BytesIO(png), formats=["PNG"])


def _cairosvg() -> ModuleType:
    try:
        import cairosvg.surface  # noqa: PLC0415 - an extra, and slow to import
    except (ImportError, OSError) as error:  # OSError: the package is there, libcairo is not
        raise FileUnsupported("cairosvg or libcairo is missing", user_message=NO_SVG) from error
    module: ModuleType = cairosvg
    return module


def _parse(data: bytes) -> Element:
    from defusedxml import DefusedXmlException  # type: ignore[import-untyped]  # noqa: PLC0415 - comes with cairosvg
    from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]  # noqa: PLC0415

    try:
        root: Element = fromstring(data)
    except DefusedXmlException as error:
        raise FileBroken(type(error).__name__, user_message=SVG_ENTITIES) from error
    except (ParseError, ValueError, LookupError) as error:
        raise FileBroken(f"xml: {type(error).__name__}", user_message=DAMAGED_SVG) from error
    return root


def _size(root: Element) -> tuple[float, float]:
    width, height = _px(root.get("width")), _px(root.get("height"))
    box = [float(number) for number in re.findall(r"-?[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?", root.get("viewBox", ""))]
    if len(box) == 4 and box[2] > 0 and box[3] > 0:
        if width and not height:
            height = width * box[3] / box[2]
        elif height and not width:
            width = height * box[2] / box[3]
        elif not width and not height:
            width, height = box[2], box[3]
    width, height = width or _DEFAULT_SIZE[0], height or _DEFAULT_SIZE[1]
    return max(width, height / _LONGEST_ASPECT), max(height, width / _LONGEST_ASPECT)


def _px(length: str | None) -> float:
    """Return a length in pixels; 0 when it is absent, a percentage or invalid."""
    match = _LENGTH.match(length or "")
    if match is None or match[2].lower() not in _PX_PER_UNIT:
        return 0.0
    pixels = float(match[1]) * _PX_PER_UNIT[match[2].lower()]
    return pixels if pixels < 1e7 else 0.0


def _refuse(url: str, _resource_type: str) -> bytes:
    """Fetch nothing. A picture that is embedded as `data:` is returned, all else becomes an empty drawing."""
    match = re.match(r"data:image/(?:png|jpe?g|gif|webp)\s*(;[^,]*)?,", url)
    if match is None:
        return _EMPTY
    try:
        body = unquote_to_bytes(url[match.end() :])
        embedded = base64.b64decode(body) if ";base64" in (match[1] or "") else body
        return _as_png(embedded)
    except (binascii.Error, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return _EMPTY


def _as_png(embedded: bytes) -> bytes:
    """Encode an embedded picture again, because cairosvg takes any bytes that contain “<svg” for a drawing."""
    if sniff(embedded).kind not in {"png", "jpeg", "gif", "webp"}:
        return _EMPTY
    with Image.open(io.BytesIO(embedded), formats=["PNG", "JPEG", "GIF", "WEBP"]) as picture:
        if picture.width * picture.height > _EMBEDDED_PIXELS:
            return _EMPTY
        out = io.BytesIO()
        picture.convert("RGBA").save(out, "PNG", compress_level=1)
    return out.getvalue()
