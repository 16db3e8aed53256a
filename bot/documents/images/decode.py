"""Decodes a picture of any format into upright RGB pixels on a white ground. It runs in a worker process."""

import contextlib
import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageCms, ImageFile, ImageOps, TiffImagePlugin

from bot.documents.detect.file_types import Kind
from bot.documents.detect.sniff import is_slack_login_page, sniff
from bot.documents.images.svg import draw_svg
from bot.documents.images.upright import quarter_turns
from bot.documents.pages.notices import REPAIRED, TURNED
from bot.documents.refusals import DAMAGED, EMPTY, NO_HEIC, NOT_A_PICTURE, ODD_FORM, TOO_MANY_PIXELS, unknown
from bot.errors import FileBroken, FileError, FileForbidden, FileTooLarge, FileUnsupported

_MAX_PIXELS = 100_000_000
_JPEG_MAX_PIXELS = 250_000_000  # a JPEG can be decoded at a half, a quarter or an eighth of its size
_PILLOW_FORMATS = {
    "png": ["PNG"],
    "jpeg": ["JPEG", "MPO"],
    "gif": ["GIF"],
    "webp": ["WEBP"],
    "bmp": ["BMP"],
    "tiff": ["TIFF"],
    "avif": ["AVIF"],
    "heic": ["HEIF"],
    "jp2": ["JPEG2000"],
}
_PAGED = {"tiff"}
_MOST_FRAMES = 1000
_ROW_BY_ROW = {"jpeg", "png"}  # formats of which a cut-off file still has the upper part
_LEAST_ROWS, _LEAST_READ = 24, 0.1
_ORIENTATION = 0x0112
_TURNS = {1: Image.Transpose.ROTATE_270, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_90}
_SINGLE = {"jpeg", "bmp", "heic", "svg"}  # further pictures in these are previews, depth maps or a burst
# Pillow's readers do not catch the errors of their parsing.
_DECODER_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    ArithmeticError,
    RuntimeError,
    AttributeError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded picture. `pixels` is RGB. `width` and `height` are those of the source, after turning it upright.

    `notes` tell a person what was done to the picture.
    """

    pixels: Image.Image
    format: str
    width: int
    height: int
    frames: int
    notes: tuple[str, ...]


def decode(data: bytes, name: str = "") -> Decoded:
    """Decode the first frame or page. Raises FileBroken, FileForbidden, FileTooLarge or FileUnsupported."""
    kind = sniff(data, name)
    _must_be_picture(kind, data, name)
    with _pillow_errors():
        pixels, (width, height), frames, is_turned, notes = _pixels_of(kind, data)
    if kind.kind != "svg" and (turns := quarter_turns(pixels)):
        pixels, is_turned = pixels.transpose(_TURNS[turns]), True
    if is_turned and (pixels.width > pixels.height) != (width > height):
        width, height = height, width
    all_notes = [_frames_note(kind, frames), TURNED if is_turned else "", *notes]
    return Decoded(pixels, kind.kind, width, height, frames, tuple(note for note in all_notes if note))


_Pixels = tuple[Image.Image, tuple[int, int], int, bool, tuple[str, ...]]  # pixels, size, frames, is turned, notes


def _pixels_of(kind: Kind, data: bytes) -> _Pixels:
    try:
        return _all_pixels(kind, data)
    except _DECODER_ERRORS:
        if kind.kind not in _ROW_BY_ROW:
            raise
        return _upper_part(kind, data)


def _all_pixels(kind: Kind, data: bytes) -> _Pixels:
    with _open(kind, data) as opened:
        frames, is_whole = (1, True) if kind.kind in _SINGLE else _frames_of(opened)
        size = opened.size
        upright, is_turned = _upright(opened)
        pixels, ground_note = _rgb(upright)
    return pixels, size, frames, is_turned, (ground_note, "" if is_whole else REPAIRED)


def _frames_of(opened: Image.Image) -> tuple[int, bool]:
    """Return the number of readable frames, and whether these are all: a link to the next page may be broken."""
    try:
        return getattr(opened, "n_frames", 1), True
    except _DECODER_ERRORS:
        frames = 0
        with contextlib.suppress(*_DECODER_ERRORS):
            while frames < _MOST_FRAMES:
                opened.seek(frames)
                frames += 1
        opened.seek(0)
        return frames, False


def _upper_part(kind: Kind, data: bytes) -> _Pixels:
    """Decode the upper part of a picture that was cut off."""
    with _cut_off_allowed(), _open(kind, data) as opened:
        opened.load()
        pixels, ground_note = _rgb(opened)
        values = np.asarray(pixels)
        is_read = np.flatnonzero((values != values[-1:]).any(axis=(1, 2)))
        rows = int(is_read[-1]) + 1 if len(is_read) else 0
        if rows < max(_LEAST_ROWS, pixels.height * _LEAST_READ):
            raise OSError("hardly anything of it is there")
        upper = pixels.crop((0, 0, pixels.width, rows))
        upright = ImageOps.exif_transpose(upper) if opened.getexif().get(_ORIENTATION, 1) in range(2, 9) else upper
    return upright, upper.size, 1, upright is not upper, (ground_note, REPAIRED)


@contextlib.contextmanager
def _cut_off_allowed() -> Iterator[None]:
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False


def _must_be_picture(kind: Kind, data: bytes, name: str) -> None:
    if kind.kind == "empty":
        raise FileBroken("no bytes", user_message=EMPTY)
    if is_slack_login_page(data):
        raise FileForbidden("Slack's sign-in page instead of the file")
    if kind.kind == "unknown":
        raise unknown(name, kind.name)
    if not kind.is_image:
        raise FileUnsupported(f"not a picture: {kind.kind}", user_message=NOT_A_PICTURE, fields={"name": kind.name})


@contextlib.contextmanager
def _pillow_errors() -> Iterator[None]:
    """Turn the many errors that Pillow raises for damaged files into one FileBroken with words for people."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except (FileError, MemoryError):
            raise
        except Image.DecompressionBombError as error:
            raise FileTooLarge("decompression bomb") from error
        except _DECODER_ERRORS as error:
            raise FileBroken(type(error).__name__, user_message=DAMAGED) from error


def _open(kind: Kind, data: bytes) -> Image.Image:
    if kind.kind == "svg":
        return draw_svg(data)
    if kind.kind == "heic":
        _allow_heic()
    Image.MAX_IMAGE_PIXELS = _JPEG_MAX_PIXELS // 2  # Pillow refuses more than twice this; our own limits are below
    if kind.kind == "tiff":
        _refuse_odd_tiff(kind, data)
    opened = Image.open(io.BytesIO(data), formats=_PILLOW_FORMATS[kind.kind])
    width, height = opened.size
    if width < 1 or height < 1:
        raise FileBroken("no pixels", user_message=DAMAGED)
    if width * height > (_JPEG_MAX_PIXELS if kind.kind == "jpeg" else _MAX_PIXELS):
        size = {"width": width, "height": height}
        raise FileTooLarge(f"{width} x {height} px", user_message=TOO_MANY_PIXELS, fields=size)
    if width * height > _MAX_PIXELS:
        opened.draft(None, (width // 2, height // 2))
    return opened


def _refuse_odd_tiff(kind: Kind, data: bytes) -> None:
    """Refuse a TIFF that Pillow cannot read, such as one with four bits a colour.

    It is not damaged, but Pillow raises the same error for both.
    """
    try:
        TiffImagePlugin.TiffImageFile(io.BytesIO(data)).close()
    except SyntaxError as error:
        if "unknown" not in str(error):
            raise
        raise FileUnsupported(f"tiff: {error}", user_message=ODD_FORM, fields={"name": kind.name}) from error


def _allow_heic() -> None:
    try:
        import pillow_heif  # noqa: PLC0415 - an extra: its wheel is GPL
    except ImportError as error:
        raise FileUnsupported("pillow-heif is not installed", user_message=NO_HEIC) from error
    pillow_heif.register_heif_opener()


def _upright(opened: Image.Image) -> tuple[Image.Image, bool]:
    try:
        orientation = opened.getexif().get(_ORIENTATION, 1)
    except _DECODER_ERRORS:  # a picture with broken EXIF is still shown
        return opened, False
    opened.load()
    if orientation not in range(2, 9):
        return opened, False
    return ImageOps.exif_transpose(opened), True


def _rgb(picture: Image.Image) -> tuple[Image.Image, str]:
    picture.load()
    profile = picture.info.get("icc_profile")
    if picture.mode.startswith("I") or picture.mode == "F":
        return _from_deep_grey(picture), ""
    if picture.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in picture.info:
        flat, note = _on_ground(picture.convert("RGBA"))
        return _to_srgb(flat, profile if picture.mode == "RGBA" else None), note
    if picture.mode == "P":
        return picture.convert("RGB"), ""
    return _to_srgb(picture, profile), ""


def _from_deep_grey(picture: Image.Image) -> Image.Image:
    """Convert 16- and 32-bit grey. Scans use the full range; instruments use a small part, which is stretched."""
    values = np.asarray(picture).astype(np.float32)
    values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    if picture.mode.startswith("I;16") and high > 16_384:
        low, high = 0.0, 65_535.0
    elif low >= 0 and 128 <= high <= 255:
        low, high = 0.0, 255.0
    scaled = (values - low) * (255.0 / max(high - low, 1e-9))
    return Image.fromarray(scaled.clip(0, 255).astype(np.uint8), "L").convert("RGB")


def _on_ground(picture: Image.Image) -> tuple[Image.Image, str]:
    """Put a transparent picture on white ground, or a white drawing on grey ground, so that it can be seen."""
    shade, note = (255, 255, 255), ""
    small = np.asarray(picture.resize((64, 64), Image.Resampling.NEAREST) if min(picture.size) > 64 else picture)
    alpha = small[..., 3]
    seen = small[..., :3][alpha > 64]
    if (alpha < 64).any() and len(seen) and float((seen.min(axis=1) > 215).mean()) > 0.97:
        shade, note = (96, 96, 96), "white on transparent, shown on grey"
    ground = Image.new("RGB", picture.size, shade)
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground, note


def _to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if not profile or b"sRGB" in profile[:4096] or picture.mode not in {"RGB", "CMYK", "L"}:
        return picture if picture.mode == "RGB" else picture.convert("RGB")  # a copy of 100 MP is 400 MB
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture.convert("RGB")
    return converted or picture.convert("RGB")


def _frames_note(kind: Kind, frames: int) -> str:
    if frames < 2:
        return ""
    return f"page 1 of {frames}" if kind.kind in _PAGED else f"first of {frames} frames"
