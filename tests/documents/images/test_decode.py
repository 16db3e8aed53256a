import io
import struct
import sys
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageDraw

from bot import errors
from bot.documents.images.decode import decode
from tests.documents.detect.test_sniff import LOGIN
from tests.documents.drawn_pages import QUARTERS, are_near, corners, noise, png, quarters, saved

try:
    import pillow_heif
except ImportError:  # an extra
    pillow_heif = None
needs_heic = pytest.mark.skipif(pillow_heif is None, reason="no pillow-heif")


def heic(picture: Image.Image) -> bytes:
    if pillow_heif is None:
        return b""
    out = io.BytesIO()
    pillow_heif.from_pillow(picture).save(out, quality=95)
    return out.getvalue()


PLAIN = {
    "png": saved(quarters(), "PNG"),
    "jpeg": saved(quarters(), "JPEG", quality=95),
    "gif": saved(quarters(), "GIF"),
    "webp": saved(quarters(), "WEBP", quality=95),
    "bmp": saved(quarters(), "BMP"),
    "tiff": saved(quarters(), "TIFF", compression="tiff_lzw"),
    "avif": saved(quarters(), "AVIF", quality=95),
    "jp2": saved(quarters(), "JPEG2000"),
    "heic": heic(quarters()),
}
ROW_BY_ROW = ("jpeg", "png")
KINDS = [pytest.param(kind, marks=needs_heic if kind == "heic" else ()) for kind in PLAIN]
AT_ONCE = [one for one, kind in zip(KINDS, PLAIN, strict=True) if kind not in ROW_BY_ROW]


@pytest.mark.parametrize("kind", KINDS)
def test_every_format_is_read_whatever_it_is_called(kind: str) -> None:
    decoded = decode(PLAIN[kind], "mislabelled.docx")
    assert (decoded.format, decoded.width, decoded.height, decoded.frames) == (kind, 200, 120, 1)
    assert decoded.pixels.mode == "RGB"
    assert are_near(corners(decoded.pixels), QUARTERS)
    assert decoded.notes == ()


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "avif", "tiff"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_photos_are_turned_upright(kind: str, orientation: int) -> None:
    if kind != "jpeg" and orientation not in {1, 6}:
        return
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = quarters() if orientation == 1 else quarters().transpose(undo[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    decoded = decode(saved(stored, kind.upper(), quality=95, exif=exif))
    assert decoded.pixels.size == (decoded.width, decoded.height) == (200, 120)
    assert are_near(corners(decoded.pixels), QUARTERS)
    assert decoded.notes == (() if orientation == 1 else ("turned upright",))


def test_broken_exif_does_not_cost_the_picture() -> None:
    whole = saved(
        quarters(), "JPEG", quality=95, exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\x12\x01\x03\0" + bytes(40)
    )
    assert are_near(corners(decode(whole).pixels), QUARTERS)


def with_alpha() -> Image.Image:
    picture = quarters().convert("RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 100, 60))
    return picture


WHITE_FIRST = ((255, 255, 255), *QUARTERS[1:])


def test_transparency_is_shown_on_white() -> None:
    assert corners(decode(png(with_alpha())).pixels) == WHITE_FIRST
    assert are_near(corners(decode(saved(with_alpha(), "WEBP", lossless=True)).pixels), WHITE_FIRST)
    palette = quarters().quantize(8)
    clear = palette.getpixel((10, 10))
    assert are_near(corners(decode(saved(palette, "PNG", transparency=clear)).pixels), WHITE_FIRST)
    assert are_near(corners(decode(saved(palette, "GIF", transparency=clear)).pixels), WHITE_FIRST)
    assert corners(decode(png(with_alpha().convert("LA"))).pixels)[0] == (255, 255, 255)


def test_white_drawings_on_nothing_stay_visible() -> None:
    logo = Image.new("RGBA", (300, 200), (0, 0, 0, 0))
    ImageDraw.Draw(logo).rectangle((50, 50, 250, 150), fill="white")
    decoded = decode(png(logo))
    assert decoded.notes == ("white on transparent, shown on grey",)
    assert decoded.pixels.getpixel((150, 100)) != decoded.pixels.getpixel((5, 5))


def ramp() -> np.ndarray[tuple[int, int], np.dtype[np.uint16]]:
    return np.tile(np.linspace(0, 65_535, 256).astype(np.uint16), (64, 1))


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_sixteen_bit_grey_keeps_its_shades(form: str) -> None:
    pixels = np.asarray(decode(saved(Image.fromarray(ramp()), form)).pixels)
    assert (int(pixels[5, 0, 0]), int(pixels[5, 255, 0])) == (0, 255)
    assert 120 <= int(pixels[5, 128, 0]) <= 136


def test_dim_measurements_and_floats_are_stretched_to_be_seen() -> None:
    dim = decode(saved(Image.fromarray(ramp() // 32), "TIFF"))
    floats = decode(saved(Image.fromarray((ramp() / 65_535).astype(np.float32)), "TIFF"))
    for decoded in (dim, floats):
        assert decoded.pixels.getextrema() == ((0, 255),) * 3


def test_sixteen_bit_colour_is_read() -> None:
    rows = b"".join(b"\0" + struct.pack(">HHH", 65_535, 32_768, 0) * 8 for _ in range(8))
    data = _png(struct.pack(">IIBBBBB", 8, 8, 16, 2, 0, 0, 0), zlib.compress(rows))
    assert are_near(corners(decode(data).pixels), ((255, 128, 0),) * 4, 2)


def _png(header: bytes, body: bytes) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "YCbCr", "LAB"])
def test_other_colour_modes_are_read(mode: str) -> None:
    source = quarters().convert(mode) if mode != "LAB" else quarters().convert("RGB")
    if mode == "LAB":
        lab = ImageCms.createProfile("LAB")
        converted = ImageCms.profileToProfile(source, ImageCms.createProfile("sRGB"), lab, outputMode="LAB")
        assert converted is not None
        source = converted
    decoded = decode(saved(source, "TIFF"))
    if mode in {"P", "YCbCr", "LAB", "CMYK"}:
        assert are_near(corners(decoded.pixels), QUARTERS, 30)
    assert decoded.pixels.mode == "RGB"


def test_a_cmyk_jpeg_is_not_inverted() -> None:
    decoded = decode(saved(quarters().convert("CMYK"), "JPEG", quality=95))
    assert are_near(corners(decoded.pixels), QUARTERS, 40)


def test_colour_profiles_are_followed_and_bad_ones_ignored() -> None:
    lab_profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    plain = decode(saved(quarters(), "PNG", icc_profile=b"not a profile at all"))
    assert corners(plain.pixels) == QUARTERS
    assert decode(saved(quarters(), "PNG", icc_profile=lab_profile)).pixels.mode == "RGB"


def test_first_frames_and_pages_say_so() -> None:
    more = [Image.new("RGB", (200, 120), colour) for colour in ("black", "white")]
    animated = {
        form: saved(quarters(), form, save_all=True, append_images=more) for form in ("GIF", "WEBP", "PNG", "TIFF")
    }
    notes = {form: decode(data).notes for form, data in animated.items()}
    frames = ("first of 3 frames",)
    assert notes == {"GIF": frames, "WEBP": frames, "PNG": frames, "TIFF": ("page 1 of 3",)}
    assert all(are_near(corners(decode(data).pixels), QUARTERS, 40) for data in animated.values())


@pytest.mark.parametrize("kind", ROW_BY_ROW)
def test_the_upper_part_of_a_picture_that_was_cut_off_is_shown_and_said(kind: str) -> None:
    whole = noise(quarters(), 30)
    data = saved(whole, kind.upper())
    decoded = decode(data[: len(data) * 2 // 3])
    assert decoded.notes == ("the file is damaged or cut off; what could be saved of it was read",)
    assert whole.height / 2 < decoded.pixels.height < whole.height
    upper = whole.crop((0, 0, whole.width, 48))
    assert np.abs(np.asarray(decoded.pixels.crop(upper.getbbox())).astype(int) - np.asarray(upper)).mean() < 40


@pytest.mark.parametrize("kind", ROW_BY_ROW)
def test_a_picture_of_which_hardly_anything_is_there_is_called_damaged(kind: str) -> None:
    data = saved(noise(quarters(), 30), kind.upper())
    with pytest.raises(errors.FileBroken):
        decode(data[: len(data) // 20 + 700 * (kind == "jpeg")])


@pytest.mark.parametrize("kind", AT_ONCE)
def test_files_that_were_cut_off_say_so(kind: str) -> None:
    noisy = noise(quarters(), 30)
    data = heic(noisy) if kind == "heic" else saved(noisy, {"jp2": "JPEG2000"}.get(kind, kind.upper()))
    with pytest.raises(errors.FileBroken) as broken:
        decode(data[: len(data) // 2])
    assert "damaged or cut off" in broken.value.user_message


@pytest.mark.parametrize("kind", KINDS)
def test_damage_anywhere_is_a_file_error_or_nothing(kind: str) -> None:
    random = np.random.default_rng(5)
    for _ in range(25):
        data = bytearray(PLAIN[kind])
        for place in random.integers(4, len(data), 6):
            data[place] = int(random.integers(0, 256))
        try:
            decode(bytes(data))
        except errors.FileError as error:
            assert error.user_message  # noqa: PT017 - either outcome is right, any other error is not


def test_bombs_are_refused_before_they_are_opened() -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    with pytest.raises(errors.FileTooLarge):
        decode(_png(header, zlib.compress(bytes(1000))))
    header = struct.pack(">IIBBBBB", 12_000, 12_000, 1, 0, 0, 0, 0)
    with pytest.raises(errors.FileTooLarge, match="12000") as large:
        decode(_png(header, zlib.compress(bytes(1000))))
    assert "12000 × 12000" in large.value.user_message


def test_no_pixels_and_no_bytes() -> None:
    with pytest.raises(errors.FileBroken):
        decode(_png(struct.pack(">IIBBBBB", 0, 5, 8, 2, 0, 0, 0), b""))
    with pytest.raises(errors.FileBroken) as nothing:
        decode(b"")
    assert nothing.value.user_message.startswith("empty, 0 bytes; ")


def test_slacks_login_page_named_png_is_a_matter_of_access() -> None:
    with pytest.raises(errors.FileForbidden):
        decode(LOGIN, "plan.png")


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"%PDF-1.7", "it is a PDF"), (b"MZ\0\0", "it is a program"), (b"ID3\x04", "it is an audio file")],
)
def test_what_is_no_picture_is_named(data: bytes, words: str) -> None:
    with pytest.raises(errors.FileUnsupported) as refused:
        decode(data, "holiday.jpg")
    assert words in refused.value.user_message


@needs_heic
def test_heic_without_its_reader_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(errors.FileUnsupported) as refused:
        decode(PLAIN["heic"])
    assert "send it as JPEG" in refused.value.user_message


def test_a_tiff_of_a_rare_form_is_not_called_damaged() -> None:
    odd = saved(quarters(), "TIFF").replace(struct.pack("<3H", 8, 8, 8), struct.pack("<3H", 4, 4, 4))
    with pytest.raises(errors.FileUnsupported) as refused:
        decode(odd)
    assert refused.value.user_message == "a TIFF picture in a form that I can't open; please send it as PNG or JPEG"


def test_what_is_no_picture_though_named_as_one_says_so() -> None:
    with pytest.raises(errors.FileBroken) as refused:
        decode(b"\x01\x02\xff" * 400, "scan.jpg")
    assert "named as a JPG file" in refused.value.user_message


def test_a_tiff_whose_list_of_pages_ends_in_none_has_the_pages_that_are_there() -> None:
    whole = saved(quarters(), "TIFF", save_all=True, append_images=[Image.new("RGB", (200, 120), "black")])
    directory = struct.unpack_from("<I", whole, 4)[0]
    entries = struct.unpack_from("<H", whole, directory)[0]
    following = directory + 2 + 12 * entries
    beyond = struct.pack("<I", len(whole)) + whole[following + 4 :] + struct.pack("<H", 1) + bytes(16)
    decoded = decode(whole[:following] + beyond)
    assert (decoded.frames, decoded.notes) == (
        1,
        ("the file is damaged or cut off; what could be saved of it was read",),
    )
    assert are_near(corners(decoded.pixels), QUARTERS, 40)
