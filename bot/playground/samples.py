"""Draws the pictures of the playground's first screen by code: no files to ship, no fonts needed, always the same.

Each has something to find: a total that does not add up, a month that stands out, a price, a room.
Texts use only ASCII and “·”, since the font inside Pillow has little more.
"""

import functools
import io
import math

from PIL import Image, ImageDraw, ImageFilter, ImageFont

Colour = str | tuple[int, int, int]
Point = tuple[float, float]

_ITEMS = (("Desk lamp, brass", 1, 24.00), ("Notebook A5, dotted", 2, 9.25), ("Pencil set, 12 colours", 1, 7.25))
_SHIPPING = 4.90
_WRONG_TOTAL = 64.65  # the lines add up to 54.65
_SALES = (42, 45, 51, 48, 55, 61, 58, 23, 64, 69, 74, 81)  # August stands out
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_RECEIPT = (
    ("Flat white", 3.80),
    ("Cinnamon bun", 4.20),
    ("Soup of the day", 7.90),
    ("Sparkling water", 2.60),
)
_ROOMS = (
    ("Meeting room", "24 sq m", (80, 80, 480, 380)),
    ("Kitchen", "14 sq m", (480, 80, 760, 380)),
    ("Open office", "62 sq m", (80, 380, 760, 820)),
    ("Server room", "9 sq m", (760, 80, 1000, 300)),
    ("Storage", "11 sq m", (760, 300, 1000, 540)),
    ("Reception", "22 sq m", (760, 540, 1000, 820)),
)


def draw_all() -> dict[str, bytes]:
    """Return the PNG bytes by file name."""
    return {
        "checkout-error.png": _png(_checkout_error()),
        "sales-chart.png": _png(_sales_chart()),
        "cafe-receipt.png": _png(_cafe_receipt()),
        "floor-plan.png": _png(_floor_plan()),
    }


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


@functools.lru_cache(maxsize=32)
def _font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _write(
    draw: ImageDraw.ImageDraw, at: Point, text: str, size: float, fill: Colour = "#1d1c1d", anchor: str = "la"
) -> None:
    draw.text(at, text, font=_font(size), fill=fill, anchor=anchor)


def _checkout_error() -> Image.Image:
    picture = Image.new("RGB", (1280, 860), "#eef0f3")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 1280, 64), fill="#22313f")
    _write(draw, (40, 32), "Papershop", 26, "white", "lm")
    _write(draw, (1240, 32), "Cart   Orders   Account", 18, "#cfd8dc", "rm")
    draw.rounded_rectangle((40, 100, 1240, 820), 12, fill="white", outline="#d5d9de")
    _write(draw, (80, 130), "Checkout", 32)
    _order_lines(draw)
    _payment_fields(draw)
    _error_dialog(draw)
    return picture


def _order_lines(draw: ImageDraw.ImageDraw) -> None:
    y = 200
    for name, count, price in _ITEMS:
        _write(draw, (80, y), f"{count} x {name}", 19)
        _write(draw, (600, y), f"EUR {count * price:.2f}", 19, anchor="ra")
        y += 44
    _write(draw, (80, y), "Shipping", 19, "#616061")
    _write(draw, (600, y), f"EUR {_SHIPPING:.2f}", 19, "#616061", "ra")
    draw.line((80, y + 40, 600, y + 40), fill="#c8ccd1", width=2)
    _write(draw, (80, y + 60), "Total", 24)
    _write(draw, (600, y + 60), f"EUR {_WRONG_TOTAL:.2f}", 24, anchor="ra")


def _payment_fields(draw: ImageDraw.ImageDraw) -> None:
    fields = (
        ("E-mail", "kim@example.org", False),
        ("Card number", "**** **** **** 4242", False),
        ("Postcode", "1O115", True),
    )
    for row, (label, value, is_wrong) in enumerate(fields):
        y = 200 + row * 104
        _write(draw, (700, y), label, 16, "#616061")
        edge = "#d32f2f" if is_wrong else "#b0b7bf"
        draw.rounded_rectangle((700, y + 26, 1180, y + 70), 6, fill="white", outline=edge, width=2)
        _write(draw, (716, y + 48), value, 19, anchor="lm")
    _write(draw, (700, 484), "Digits only, please", 15, "#d32f2f")


def _error_dialog(draw: ImageDraw.ImageDraw) -> None:
    draw.rounded_rectangle((330, 548, 950, 792), 10, fill="#c3c8ce")
    draw.rounded_rectangle((324, 540, 944, 784), 10, fill="white", outline="#9aa3ad", width=2)
    draw.ellipse((356, 572, 404, 620), fill="#d32f2f")
    _write(draw, (380, 596), "!", 32, "white", "mm")
    _write(draw, (424, 574), "Payment was not completed", 24)
    _write(draw, (424, 618), "The amount does not match the order.", 18, "#454545")
    _write(draw, (424, 648), "Error 4022 · amount_mismatch · request 7f3a-19c0", 15, "#777777")
    draw.rounded_rectangle((668, 706, 788, 752), 6, fill="white", outline="#9aa3ad", width=2)
    draw.rounded_rectangle((804, 706, 914, 752), 6, fill="#1264a3")
    _write(draw, (728, 729), "Cancel", 18, anchor="mm")
    _write(draw, (859, 729), "Retry", 18, "white", "mm")


def _sales_chart() -> Image.Image:
    picture = Image.new("RGB", (1200, 760), "white")
    draw = ImageDraw.Draw(picture)
    _write(draw, (60, 34), "Online sales by month, 2025", 30)
    _write(draw, (60, 76), "thousand euros", 18, "#616061")
    base, top, left, step = 660, 140, 110, 88
    for value in range(0, 101, 20):
        y = base - value * (base - top) / 100
        draw.line((left, y, 1160, y), fill="#e3e6ea", width=1)
        _write(draw, (left - 14, y), str(value), 17, "#616061", "rm")
    for index, (month, value) in enumerate(zip(_MONTHS, _SALES, strict=True)):
        x, y = left + 18 + index * step, base - value * (base - top) / 100
        draw.rectangle((x, y, x + 54, base), fill="#e8912d" if value < 30 else "#2f6f9f")
        _write(draw, (x + 27, y - 8), str(value), 17, anchor="mb")
        _write(draw, (x + 27, base + 12), month, 17, anchor="ma")
    draw.line((left, base, 1160, base), fill="#454545", width=2)
    _write(draw, (60, 718), "Source: shop database, orders paid, returns taken off", 15, "#8a8a8a")
    return picture


def _cafe_receipt() -> Image.Image:
    """Draw it like a photo: paper askew on a wooden table, uneven light, a soft lens."""
    table = _wood(1200, 1500)
    paper = _receipt_paper()
    mask = Image.new("L", paper.size, 255)
    shadow = Image.new("L", table.size)
    turned, turned_mask = (image.rotate(-4.5, Image.Resampling.BICUBIC, expand=True) for image in (paper, mask))
    shadow.paste(110, (232, 146), turned_mask)
    table.paste("#1b0f06", mask=shadow.filter(ImageFilter.GaussianBlur(16)))
    table.paste(turned, (214, 124), turned_mask)
    light = Image.radial_gradient("L").resize((2000, 2400)).crop((300, 300, 1500, 1800)).point(lambda value: value // 2)
    table.paste("#120b05", mask=light)
    return table.filter(ImageFilter.GaussianBlur(0.8))


def _wood(width: int, height: int) -> Image.Image:
    column = Image.new("RGB", (width, 1))
    for x in range(width):
        grain = 14 * math.sin(x / 9) + 9 * math.sin(x / 3.1 + 2) + 12 * math.sin(x / 57)
        column.putpixel((x, 0), (round(146 + grain), round(102 + grain * 0.8), round(64 + grain * 0.6)))
    boards = column.resize((width, height))
    draw = ImageDraw.Draw(boards)
    for x in range(240, width, 300):
        draw.line((x, 0, x, height), fill="#4a2f1a", width=5)
    return boards


def _receipt_paper() -> Image.Image:
    paper = Image.new("RGB", (660, 1130), "#f7f4ec")
    draw = ImageDraw.Draw(paper)
    ink = "#2b2b30"
    _write(draw, (330, 50), "CAFE LINDEN", 46, ink, "ma")
    _write(draw, (330, 116), "Gartenweg 8 · 10115 Berlin", 24, ink, "ma")
    _write(draw, (330, 156), "14.03.2026   12:47  Table 6", 24, ink, "ma")
    _dashes(draw, 214)
    y = 250
    for name, price in _RECEIPT:
        _write(draw, (50, y), name, 30, ink)
        _write(draw, (610, y), f"{price:.2f}", 30, ink, "ra")
        y += 62
    _dashes(draw, y + 8)
    total = sum(price for _, price in _RECEIPT)
    _write(draw, (50, y + 44), "TOTAL EUR", 40, ink)
    _write(draw, (610, y + 44), f"{total:.2f}", 40, ink, "ra")
    _write(draw, (50, y + 118), "incl. 7 % VAT", 24, ink)
    _write(draw, (610, y + 118), f"{total - total / 1.07:.2f}", 24, ink, "ra")
    _write(draw, (50, y + 160), "Card  **** 8810", 24, ink)
    _dashes(draw, y + 224)
    _write(draw, (330, y + 268), "Thank you, see you soon!", 28, ink, "ma")
    for bar in range(90):
        x = 120 + bar * 4.7
        draw.rectangle((x, y + 350, x + 1 + bar * bar % 3, y + 450), fill=ink)
    return paper


def _dashes(draw: ImageDraw.ImageDraw, y: float) -> None:
    for x in range(50, 610, 20):
        draw.line((x, y, x + 11, y), fill="#2b2b30", width=3)


def _floor_plan() -> Image.Image:
    picture = Image.new("RGB", (1080, 960), "#fbfbf8")
    draw = ImageDraw.Draw(picture)
    for name, area, room in _ROOMS:
        draw.rectangle(room, outline="#333333", width=6)
        x, y = (room[0] + room[2]) / 2, (room[1] + room[3]) / 2
        _write(draw, (x, y - 16), name, 26, "#1f3a5f", "mm")
        _write(draw, (x, y + 18), area, 20, "#616061", "mm")
    for hinge, start in (((480, 340), 180), ((420, 380), 0), ((760, 470), 180), ((760, 640), 90), ((760, 250), 180)):
        _door(draw, hinge, start)
    _measure(draw, (80, 860), (1000, 860), "18.40 m")
    draw.rectangle((770, 812, 890, 828), fill="#fbfbf8")
    _write(draw, (830, 838), "Entrance", 18, "#b23b3b", "ma")
    _write(draw, (80, 34), "2nd floor, east wing", 24)
    _write(draw, (1000, 900), "Plan 2-E · scale 1:100 · drawn 02/2026", 16, "#616061", "ra")
    return picture


def _door(draw: ImageDraw.ImageDraw, hinge: tuple[int, int], start: int) -> None:
    x, y = hinge
    draw.pieslice((x - 52, y - 52, x + 52, y + 52), start, start + 90, fill="#fbfbf8", outline="#7a8a99", width=2)


def _measure(draw: ImageDraw.ImageDraw, begin: Point, end: Point, text: str) -> None:
    draw.line((begin, end), fill="#555555", width=2)
    for x, y in (begin, end):
        draw.line((x, y - 10, x, y + 10), fill="#555555", width=2)
    x, y = (begin[0] + end[0]) / 2, begin[1]
    draw.rectangle((x - 58, y - 14, x + 58, y + 14), fill="#fbfbf8")
    _write(draw, (x, y), text, 20, anchor="mm")
