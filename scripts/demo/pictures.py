"""The demo's pictures, drawn by code: a workshop wall with switches, a nameplate, a sketch of a sign-up form."""

import io
import random

from PIL import Image, ImageDraw, ImageFilter, ImageFont

Box = tuple[int, int, int, int]

# Where the switches of the wall are, in thousandths, as a model would tell.
SWITCHES: dict[str, Box] = {
    "Main switch, on": (94, 272, 196, 620),
    "Lathe, on": (309, 335, 388, 582),
    "Drill, off": (500, 335, 579, 582),
    "Extraction, on": (691, 335, 770, 582),
    "Emergency stop": (845, 295, 955, 460),
}
SMALL_PRINT: Box = (655, 640, 895, 800)  # of the nameplate, the same way


def wall() -> bytes:
    """1,280 × 800: a panel on a plastered wall, like a photo."""
    picture = _plaster(1280, 800, (190, 186, 176))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((88, 150, 1260, 574), 18, fill="#3d4247")
    draw.rounded_rectangle((80, 140, 1250, 560), 18, fill="#6d747b", outline="#50565c", width=3)
    _lever(draw, (120, 218, 250, 496), is_on=True, colour="#c62828")
    for x, is_on in ((396, True), (640, False), (884, True)):
        _lever(draw, (x, 268, x + 100, 466), is_on=is_on, colour="#212121")
    draw.ellipse((1086, 240, 1220, 364), fill="#f9c700")
    draw.ellipse((1108, 258, 1198, 346), fill="#c62828", outline="#7f1111", width=4)
    for x, name in ((185, "MAIN"), (446, "LATHE"), (690, "DRILL"), (934, "EXTRACTION"), (1153, "STOP")):
        _write(draw, (x, 190), name, 25, "#f3f3f0", "mm")
    return _png(_photo(picture))


def nameplate() -> bytes:
    """2,800 × 1,900: a machine with a plate whose small print is lost when it is made smaller."""
    picture = _plaster(2800, 1900, (96, 118, 112))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((200, 180, 2600, 1720), 60, fill="#3f6f63", outline="#2a4a42", width=10)
    for x in range(320, 1500, 84):
        draw.rounded_rectangle((x, 320, x + 40, 1580), 18, fill="#29473f")
    draw.ellipse((1780, 330, 2320, 870), fill="#d8dcda", outline="#24332f", width=18)
    draw.line((2050, 600, 2210, 430), fill="#b71c1c", width=16)
    _write(draw, (2050, 740), "bar", 60, "#24332f", "mm")
    draw.rectangle((1840, 1222, 2500, 1514), fill="#cfd2cc", outline="#8c918b", width=4)
    lines = ("Pump PX-40   Ser. no. 8841-207-C", "Oil: ISO VG 46, 2.4 l, change every 2,000 h",
             "Max. 16 bar, relief valve set to 14.5 bar", "Filter: part 77-1130, built 03/2019")  # fmt: skip
    for row, line in enumerate(lines):
        _write(draw, (1868, 1252 + row * 64), line, 27, "#2b2f2c")
    return _png(picture.filter(ImageFilter.GaussianBlur(0.6)))


def sketch() -> bytes:
    """900 × 600: what a person might want as a page."""
    picture = Image.new("RGB", (900, 600), "#f4f1ea")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 900, 70), fill="#22313f")
    _write(draw, (40, 35), "Papershop", 28, "white", "lm")
    draw.rectangle((240, 120, 660, 540), fill="white", outline="#cfcabd", width=2)
    _write(draw, (280, 150), "Sign up", 36)
    for y, name in ((220, "Name"), (310, "E-mail")):
        _write(draw, (280, y), name, 16, "#6b675f")
        draw.rectangle((280, y + 26, 620, y + 66), fill="white", outline="#b7b2a6", width=2)
    draw.rectangle((280, 420, 620, 468), fill="#2255cc")
    _write(draw, (450, 444), "Create account", 18, "white", "mm")
    _write(draw, (450, 504), "We never share your address.", 15, "#6b675f", "mm")
    return _png(picture)


def _lever(draw: ImageDraw.ImageDraw, box: Box, *, is_on: bool, colour: str) -> None:
    left, top, right, bottom = box
    middle = (top + bottom) // 2
    draw.rounded_rectangle(box, 12, fill="#1f2326")
    draw.rounded_rectangle((left + 10, top + 10, right - 10, bottom - 10), 8, fill="#e9e6df")
    knob = (left + 16, top + 16, right - 16, middle) if is_on else (left + 16, middle, right - 16, bottom - 16)
    draw.rounded_rectangle(knob, 8, fill=colour)
    _write(draw, ((left + right) // 2, bottom + 22), "I" if is_on else "O", 26, "#f3f3f0", "mm")


def _plaster(width: int, height: int, colour: tuple[int, int, int]) -> Image.Image:
    grain = random.Random(7)
    small = Image.new("RGB", (width // 8, height // 8))
    small.putdata([_shade(colour, grain.randint(-14, 14)) for _ in range(small.width * small.height)])
    return small.resize((width, height), Image.Resampling.BICUBIC)


def _shade(colour: tuple[int, int, int], by: int) -> tuple[int, int, int]:
    red, green, blue = (max(0, min(255, part + by)) for part in colour)
    return red, green, blue


def _photo(picture: Image.Image) -> Image.Image:
    light = Image.radial_gradient("L").resize((picture.width * 2, picture.height * 2))
    left, top = picture.width // 3, picture.height // 3
    light = light.crop((left, top, left + picture.width, top + picture.height)).point(lambda value: value // 3)
    picture.paste("#16120d", mask=light)
    return picture.filter(ImageFilter.GaussianBlur(0.7))


def _write(
    draw: ImageDraw.ImageDraw, at: tuple[int, int], words: str, size: int, fill: str = "#1d1c1d", anchor: str = "la"
) -> None:
    draw.text(at, words, font=ImageFont.load_default(size), fill=fill, anchor=anchor)


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
