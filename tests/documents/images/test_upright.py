"""Pages and pictures that lie or stand on their head are turned to be read; all others are left as they are."""

import io
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from bot.documents.images.decode import decode
from bot.documents.images.upright import quarter_turns
from bot.documents.pdf.draw import crop_page, draw_page
from tests.documents import pdfs
from tests.documents.drawn_pages import landscape, noise, page, png

_TURNED = {0: b"1 0 0 1 0 0", 1: b"0 1 -1 0 842 0", 2: b"-1 0 0 -1 842 842", 3: b"0 -1 1 0 0 842"}
_MARK = b" 0 742 200 100 re f "  # the top left corner of what is to be read


def turned(picture: Image.Image, quarters: int) -> Image.Image:
    """So that it must be turned by this many quarters clockwise to be read."""
    return picture.rotate(90 * quarters, expand=True)


def ink(data: bytes, across: float, down: float) -> bool:
    with Image.open(io.BytesIO(data)) as picture:
        grey = picture.convert("L").getpixel((int(picture.width * across), int(picture.height * down)))
    assert isinstance(grey, int | float)
    return grey < 128


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_page_is_turned_as_its_text_runs(quarters: int, rotate: int) -> None:
    content = b"q " + _TURNED[quarters] + b" cm" + _MARK + pdfs.lines(["Sideways words of a table"] * 30) + b" Q"
    data = pdfs.pages([content], b"/Rotate %d" % rotate, (842, 842))
    drawn = draw_page(data, 1, 1200)
    assert drawn is not None
    seen = [ink(drawn.data, across, down) for down in (0.04, 0.96) for across in (0.04, 0.96)]
    assert seen == [True, False, False, False]
    assert drawn.note == ("turned upright" if (quarters - rotate // 90) % 4 else "")
    corner = crop_page(data, 1, (0, 0, 80, 60), 400)
    assert corner is not None
    assert ink(corner.data, 0.5, 0.5)


def test_a_page_with_text_in_several_directions_is_left_as_it_is() -> None:
    content = pdfs.lines(["Upright words"] * 20) + b" q " + _TURNED[1] + b" cm " + pdfs.lines(["Others"] * 40) + b" Q"
    drawn = draw_page(pdfs.pages([content]), 1, 1200)
    assert drawn is not None
    assert drawn.note == ""


def test_glyphs_that_are_drawn_head_down_and_turned_back_stand_upright() -> None:
    glyph = pdfs.stream(b"700 0 0 -600 0 0 d1 0 0 -600 -600 re f")
    font = b"<</Type /Font /Subtype /Type3 /FontBBox [-600 -600 0 0] /FontMatrix [.001 0 0 .001 0 0] /FirstChar 65 "
    font += b"/LastChar 65 /Widths [-700] /CharProcs <</A 6 0 R>> /Encoding <</Type /Encoding /Differences [65 /A]>>>>"
    content = pdfs.stream(_MARK[1:] + b"BT /F1 12 Tf -1 0 0 -1 60 600 Tm (" + b"A" * 50 + b") Tj ET")
    data = pdfs.pdf(
        [
            b"<</Type /Catalog /Pages 2 0 R>>",
            b"<</Type /Pages /Count 1 /Kids [3 0 R]>>",
            b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 842 842] /Contents 4 0 R /Resources <</Font <</F1 5 0 R>>>>>>",
            content,
            font,
            glyph,
        ]
    )
    drawn = draw_page(data, 1, 1200)
    assert drawn is not None
    assert (drawn.note, ink(drawn.data, 0.04, 0.04)) == ("", True)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_scan_without_text_is_turned(quarters: int) -> None:
    sheet = turned(noise(page((1240, 1754), 24), 6), quarters)
    out = io.BytesIO()
    sheet.save(out, "PDF", resolution=150)
    upright, drawn = io.BytesIO(), draw_page(out.getvalue(), 1, 1750)
    assert drawn is not None
    assert (drawn.note, drawn.width < drawn.height) == ("turned upright" if quarters else "", True)
    turned(sheet, -quarters).save(upright, "PDF", resolution=150)
    wanted = draw_page(upright.getvalue(), 1, 1750)
    assert wanted is not None
    assert quarter_turns(Image.open(io.BytesIO(drawn.data))) == quarter_turns(Image.open(io.BytesIO(wanted.data))) == 0


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_picture_of_a_page_is_turned(quarters: int) -> None:
    decoded = decode(png(turned(page((1000, 1400), 22), quarters)))
    assert decoded.pixels.size == (decoded.width, decoded.height) == (1000, 1400)
    assert decoded.notes == (("turned upright",) if quarters else ())
    assert decoded.pixels.tobytes() == page((1000, 1400), 22).tobytes()


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_what_does_not_tell_is_left_as_it_is(quarters: int) -> None:
    few = Image.new("RGB", (900, 700), "white")
    ImageDraw.Draw(few).text((100, 300), "A label", fill="black", font_size=30)
    for picture in (landscape(900, 700), few, Image.new("RGB", (40, 30))):
        assert quarter_turns(turned(picture, quarters)) == 0


@pytest.mark.parametrize("quarters", [1, 3])
def test_a_few_lines_that_lie_are_turned_as_their_letters_lean(quarters: int) -> None:
    few = Image.new("RGB", (1400, 1000), "white")
    line = "Travel above four hundred euros needs approval, and the offices report"
    ImageDraw.Draw(few).multiline_text((80, 80), f"{line}\n{line[:40]}", fill="black", font_size=32)
    assert quarter_turns(turned(few, quarters)) == quarters


def program(folder: Path, said: str) -> str:
    path = folder / "tesseract"
    path.write_text(f"#!/bin/sh\ncat >/dev/null\n{said}\n")
    path.chmod(0o755)
    return str(path)


def block_letters(quarters: int) -> Image.Image:
    """As Chinese looks: all letters equally high, so that head and foot look alike."""
    sheet = Image.new("RGB", (900, 900), "white")
    pen = ImageDraw.Draw(sheet)
    for at in range(600):
        left, top = 40 + at % 30 * 27, 40 + at // 30 * 40
        pen.rectangle((left, top, left + 17, top + 17), outline="black", width=3)
    return turned(sheet, quarters)


@pytest.mark.parametrize(
    ("said", "turns"),
    [
        ("printf 'Rotate: 270\\nOrientation confidence: 9.1\\n'", 3),
        ("printf 'Rotate: 270\\nOrientation confidence: 0.4\\n'", 0),
        ("printf 'Rotate: 180\\nOrientation confidence: 9.1\\n'", 0),  # not across, as the letters stand
        ("exit 1", 0),
        ("exec sleep 3600", 0),
    ],
)
def test_tesseract_is_asked_where_letters_do_not_tell_head_from_foot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, turns: int
) -> None:
    monkeypatch.setattr("bot.documents.images.upright.TIMEOUT_S", 5.0 if "sleep" not in said else 0.2)
    assert quarter_turns(block_letters(1), program(tmp_path, said)) == turns
