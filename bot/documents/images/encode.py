"""Encodes pixels for sending: as JPEG, or as PNG when that is smaller. The same pixels give the same bytes."""

import io
import math

from PIL import Image, ImageChops

from bot.documents.images.png import png

# The API takes less than 5 MB a picture (facts: glm.md §1); in base64 this is 4.7 MB.
MOST_BYTES = 3_500_000
_QUALITIES = (90, 80, 65, 45)
_FEW_COLOURS = 4096
_BANDS, _BAND_ROWS = 6, 16
_SURELY_LESS = 0.2  # bytes a pixel: a JPEG of a page of type is larger
_IN_DOUBT = 1.3  # the measured bands may need more bytes than the rest of the picture


def encode(picture: Image.Image, *, may_be_grey: bool = False) -> tuple[str, bytes]:
    """Return (MIME type, bytes) of at most `MOST_BYTES`, without any metadata of the source.

    `may_be_grey`: a picture without colour is sent with one channel instead of three.
    """
    picture = picture.getchannel(0) if may_be_grey and _is_grey(picture) else picture.copy()
    picture.info = {}  # Pillow would write the source's comment and resolution
    guess = _png_bytes(picture) if picture.mode in {"L", "RGB"} and _has_few_colours(picture) else math.inf
    if guess < _SURELY_LESS * picture.width * picture.height and guess * _IN_DOUBT < MOST_BYTES:
        return "image/png", png(picture)  # the JPEG would surely be larger, so it is not made
    jpeg = _jpeg(picture, _QUALITIES[0])
    if guess <= _IN_DOUBT * len(jpeg):  # a photo's PNG is never smaller
        lossless = png(picture)
        if len(lossless) <= min(len(jpeg), MOST_BYTES):
            return "image/png", lossless
    for quality in _QUALITIES[1:]:
        if len(jpeg) <= MOST_BYTES:
            break
        jpeg = _jpeg(picture, quality)
    if len(jpeg) > MOST_BYTES:  # pure noise at the largest size
        jpeg = _jpeg(picture, 30, subsampling="4:2:0")
    return "image/jpeg", jpeg


def _jpeg(picture: Image.Image, quality: int, subsampling: str = "4:4:4") -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, subsampling=subsampling)
    return out.getvalue()


def _is_grey(picture: Image.Image) -> bool:
    """Tell whether a picture has no colour, as most pages. One channel takes a fifth of the time and bytes of three."""
    if picture.mode != "RGB":
        return False
    return _has_equal_channels(_sample(picture)) and _has_equal_channels(
        picture
    )  # most colour pictures fail as a sample


def _has_equal_channels(picture: Image.Image) -> bool:
    red, green, blue = picture.split()
    return not any(ImageChops.difference(red, other).getbbox() for other in (green, blue))


def _has_few_colours(picture: Image.Image) -> bool:
    return _sample(picture).getcolors(_FEW_COLOURS) is not None


def _png_bytes(picture: Image.Image) -> float:
    """Estimate the bytes of the PNG from a few bands, because a PNG takes longer than a JPEG. 0: not known."""
    width, height = picture.size
    if height < _BANDS * _BAND_ROWS * 4:
        return 0.0
    sample = Image.new(picture.mode, (width, _BANDS * _BAND_ROWS))
    for at in range(_BANDS):
        top = height * (2 * at + 1) // (2 * _BANDS)
        sample.paste(picture.crop((0, top, width, top + _BAND_ROWS)), (0, at * _BAND_ROWS))
    return len(png(sample)) * height / sample.height


def _sample(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    return picture.resize((max(1, width // 4), max(1, height // 4)), Image.Resampling.NEAREST)
