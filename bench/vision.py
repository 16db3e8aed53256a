"""What the size of a picture buys: neighbouring word pairs that Tesseract reads on the very bytes that would be sent.

It is not the model, so trust the ranking. Pairs, because a wrong page shares many single words by chance.
"""

import io
import os
import random
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFont, ImageOps

from bench.figures import Row, Section
from bot.core.model.tokens import fit_to_grid, image_tokens
from bot.documents.drawing_client import find_reader
from bot.documents.images.images import prepare
from tests.documents.drawn_pages import landscape, noise, png, saved

_SYLLABLES = "ba cor del fin gra hol jun kel mar nor pil quo ras sti tun vex wol yar zen".split()  # noqa: SIM905
_GOAL = 0.5
_ORIENTATION = 0x0112


@dataclass(frozen=True, slots=True)
class Sample:
    """A picture as it is uploaded, and the lines of words on it."""

    name: str
    data: bytes
    lines: tuple[str, ...]


def section() -> Section | None:
    """None where Tesseract is not installed."""
    program = find_reader()
    if not program:
        return None
    rows: list[Row] = []
    our_sum = full_sum = 0
    for make in SAMPLES:
        sample = make()
        ours, full = prepare(sample.data), _at_full_size(sample.data)
        read, at_full = (share_read(one, sample.lines, program) for one in (ours.data, full.data))
        rows += [
            Row(f"{sample.name}: tokens", ours.tokens, full.tokens),
            Row(f"{sample.name}: pairs read", read, at_full, "", f"{max(0.0, at_full - 0.01):.2f}"),
        ]
        our_sum, full_sum = our_sum + ours.tokens, full_sum + full.tokens
    rows.append(Row("tokens in sum", our_sum, full_sum, "", f"{_GOAL:.0%}"))
    how = "ours: the size its smallest type needs; naive: as large as the model takes; read by Tesseract"
    return Section("What is read of a picture", how, tuple(rows))


def share_read(data: bytes, lines: tuple[str, ...], program: str) -> float:
    """Of the pairs of neighbouring words, how many are read."""
    wanted = {pair for line in lines for pair in _pairs(line)}
    return len(wanted & {pair for line in _read(data, program).splitlines() for pair in _pairs(line)}) / len(wanted)


def _pairs(line: str) -> list[tuple[str, str]]:
    words = line.lower().split()
    return list(pairwise(words))


def _read(data: bytes, program: str) -> str:
    """Twice as large, because its letters want to be 20 to 30 pixels high."""
    with Image.open(io.BytesIO(data)) as opened:
        grey = opened.convert("L")
    file = io.BytesIO()
    grey.resize((grey.width * 2, grey.height * 2), Image.Resampling.LANCZOS).save(file, "PPM")
    command = [program, "stdin", "stdout", "-l", "eng", "--psm", "3"]
    one_thread = {"OMP_THREAD_LIMIT": "1", "PATH": os.defpath}  # several wait for each other on a busy machine
    done = subprocess.run(command, input=file.getvalue(), capture_output=True, check=True, env=one_thread)
    return done.stdout.decode(errors="replace")


@dataclass(frozen=True, slots=True)
class _Sent:
    data: bytes
    tokens: int


def _at_full_size(data: bytes) -> _Sent:
    """Upright, as large as the model takes it."""
    with Image.open(io.BytesIO(data)) as opened:
        pixels = ImageOps.exif_transpose(opened).convert("RGB")
    size = fit_to_grid(*pixels.size)
    sent = saved(pixels.resize(size, Image.Resampling.LANCZOS), "JPEG", quality=90)
    return _Sent(sent, image_tokens(*size))


def _words(count: int, seed: int) -> list[str]:
    """With capitals and numbers, as in real texts: they decide how high the type is taken to be."""
    at_random = random.Random(seed)
    words = ["".join(at_random.choices(_SYLLABLES, k=at_random.choice((1, 2, 2, 3)))) for _ in range(count)]
    return [
        word.capitalize() if at % 4 == 0 else str(at_random.randrange(10, 9999)) if at % 9 == 0 else word
        for at, word in enumerate(words)
    ]


def _written(picture: Image.Image, type_px: float, ink: str, box: tuple[int, int, int, int], seed: int) -> list[str]:
    """Lines of words that fill the box, drawn; they are returned."""
    font, draw = ImageFont.load_default(type_px), ImageDraw.Draw(picture)
    words = iter(_words(20_000, seed))
    lines = []
    for top in range(box[1], int(box[3] - type_px * 1.2), int(type_px * 1.6)):
        line = ""
        while draw.textlength(longer := f"{line} {next(words)}".strip(), font=font) < box[2] - box[0]:
            line = longer
        draw.text((box[0], top), line, fill=ink, font=font)
        lines.append(line)
    return lines


def editor() -> Sample:
    picture = Image.new("RGB", (2560, 1440), "#1e1e1e")
    ImageDraw.Draw(picture).rectangle((0, 0, 420, 1440), fill="#252526")
    lines = _written(picture, 14, "#cccccc", (30, 40, 400, 1400), 1)
    lines += _written(picture, 14, "#d4d4d4", (480, 40, 1500, 1400), 2)
    return Sample("code editor 2560×1440, 14 px", png(picture), tuple(lines))


def table() -> Sample:
    picture = Image.new("RGB", (3840, 1600), "white")
    lines = []
    for column in range(10):
        left = 20 + column * 380
        lines += _written(picture, 15, "#202020", (left, 30, left + 340, 1580), 10 + column)
        ImageDraw.Draw(picture).line((left - 10, 0, left - 10, 1600), fill="#c0c0c0")
    return Sample("wide table 3840×1600, 15 px", png(picture), tuple(lines))


def phone() -> Sample:
    picture = Image.new("RGB", (1170, 2532), "#f2f2f7")
    lines = _written(picture, 45, "black", (60, 300, 1110, 2400), 30)
    lines += _written(picture, 34, "#555555", (60, 140, 1110, 290), 31)
    return Sample("phone 1170×2532", png(picture), tuple(lines))


def scan() -> Sample:
    picture = Image.new("RGB", (2480, 3508), "white")
    lines = _written(picture, 44, "#101010", (250, 250, 2230, 3250), 40)
    askew = noise(picture.rotate(0.7, Image.Resampling.BICUBIC, fillcolor="white"), 8)
    return Sample("300 dpi scan, askew", saved(askew, "JPEG", quality=85), tuple(lines))


def photo() -> Sample:
    """Labels on a shelf, taken with the telephone held upright."""
    picture = landscape(4032, 3024)
    lines = []
    for at in range(12):
        left, top = 150 + at % 4 * 980, 250 + at // 4 * 950
        ImageDraw.Draw(picture).rectangle((left, top, left + 760, top + 420), fill="#f4f0e6")
        lines += _written(picture, 56, "#202020", (left + 40, top + 40, left + 720, top + 400), 50 + at)
    exif = Image.Exif()
    exif[_ORIENTATION] = 6
    lying = noise(picture, 4).transpose(Image.Transpose.ROTATE_90)
    return Sample("12 MP photo with labels, turned", saved(lying, "JPEG", quality=88, exif=exif), tuple(lines))


SAMPLES: tuple[Callable[[], Sample], ...] = (editor, table, phone, scan, photo)
