"""What the bot weighs before anybody asked it anything: the heavy libraries are for the workers, or for first use."""

import base64
import io
import json
import subprocess
import sys

from PIL import Image

from tests.checks import PATIENCE_S

HEAVY = {"numpy", "PIL", "pypdfium2", "pypdfium2_raw", "lxml", "python_calamine", "mcp", "vl_convert"}

WEIGHED = """
import bot.processes, json, pathlib, sys
status = pathlib.Path("/proc/self/status")
rss = [line for line in status.read_text().splitlines() if "VmRSS" in line] if status.exists() else []
print(json.dumps([sorted(sys.modules), rss]))
"""
TEXTS = """
import bot.processes, importlib, json, pkgutil
from bot.words import REGISTERED
at_first = list(REGISTERED)
import bot.documents
names = [module.name for module in pkgutil.walk_packages(bot.documents.__path__, "bot.documents.")]
for name in names:
    importlib.import_module(name)
print(json.dumps([names, at_first, list(REGISTERED)]))
"""

WORKED = """
import asyncio, base64, json, sys
import bot.processes
from bot.core.drawing import Chart, Mark, Series
from bot.documents.document_reader import DocumentReader
from bot.documents.drawing_client import SandboxPainter
from bot.documents.image_reader import ImageReader
from bot.documents.sandbox.sandbox import Sandbox
from bot.errors import FileError, sentence

async def work(pdf, picture):
    async with Sandbox(workers=1) as sandbox:
        documents, painter = DocumentReader(sandbox, ""), SandboxPainter(sandbox)
        read = await documents.read(pdf, "a.pdf")
        pages = await documents.render(pdf, read, {1: 500})
        crop = await ImageReader(sandbox).crop(picture, (0, 0, 500, 500))
        drawn = await painter.annotate(picture, "a.png", (Mark("box", (10, 10, 500, 500)),))
        same = await painter.compare(picture, picture)
        chart = await painter.chart(Chart("bar", "", ("a", "b"), (Series("s", (1.0, 2.0)),)))
        try:
            await ImageReader(sandbox).prepare(b"%PDF-1.4", "a.png")
        except FileError as error:
            refused = sentence(error, "zh")
    known = [read.kind, pages[0][1].mime, crop.mime, drawn.mime, chart.mime, str(same.similarity), refused]
    print(json.dumps([known, sorted(sys.modules)]))

asyncio.run(work(*map(base64.b64decode, sys.argv[1:])))
"""


def told_by(code: str, *files: bytes) -> list[list[str]]:
    command = [sys.executable, "-c", code, *(base64.b64encode(data).decode() for data in files)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE_S)
    told: list[list[str]] = json.loads(done.stdout)
    return told


def test_the_bot_starts_without_the_heavy_libraries() -> None:
    modules, rss = told_by(WEIGHED)
    print(*rss)  # noqa: T201 - a figure to look at: it differs from machine to machine
    assert "bot.documents.document_reader" in modules
    assert "bot.internet.fetch" in modules
    assert HEAVY & {name.partition(".")[0] for name in modules} == set()


def test_texts_said_in_workers_are_known_where_the_workers_modules_are_not() -> None:
    names, at_first, in_all = told_by(TEXTS)
    assert "bot.documents.images.decode" in names
    assert "damaged or cut off; please export it again" in at_first
    assert set(in_all) - set(at_first) == set()


def test_files_are_read_and_drawn_upon_without_them() -> None:
    """Every value and refusal of a worker must be one the bot knows without the worker's modules."""
    picture, pdf = io.BytesIO(), io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(picture, "PNG")
    Image.linear_gradient("L").convert("RGB").save(pdf, "PDF")
    (*told, similarity, refused), modules = told_by(WORKED, pdf.getvalue(), picture.getvalue())
    assert told[0] == "pdf"
    assert all(mime.startswith("image/") for mime in told[1:])
    assert float(similarity) == 1.0
    assert "不是图片，而是" in refused
    assert HEAVY & {name.partition(".")[0] for name in modules} == set()
