import asyncio
import time
from collections.abc import AsyncIterator

import numpy as np
import pytest
from PIL import Image

from bot import errors
from bot.core.drawing import Chart, Mark, Painter, Series
from bot.documents.drawing import annotate, compare, side_by_side
from bot.documents.drawing_client import SandboxPainter
from bot.documents.sandbox.sandbox import Sandbox
from tests.cost import cost_s, uncollected
from tests.documents.drawn_pages import opened, page, png, quarters

ONE, OTHER = png(quarters(300, 200)), png(quarters(300, 200).transpose(Image.Transpose.FLIP_LEFT_RIGHT))
MARKS = (Mark("box", (100, 100, 400, 400), "red", 1), Mark("point", (800, 800, 800, 800), "yellow", 2))
BAR = Chart("bar", "收入与成本", ("一季度", "Q2"), (Series("收入", (1.0, 2.0)), Series("成本", (2.0, 1.0))), "季度")


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(workers=1) as sandbox:
        yield sandbox


async def test_pictures_are_drawn_in_a_worker_with_the_same_result(sandbox: Sandbox) -> None:
    painter = SandboxPainter(sandbox)
    as_seam: Painter = painter
    assert await as_seam.annotate(ONE, "a.png", MARKS) == annotate.annotate(ONE, "a.png", MARKS)
    assert await as_seam.compare(ONE, OTHER) == compare.compare(ONE, OTHER)
    titles = ("original", "结果")
    assert await painter.side_by_side(ONE, OTHER, titles) == side_by_side.side_by_side(ONE, OTHER, titles)


@pytest.mark.parametrize("kind", ["bar", "line", "area", "pie"])
async def test_every_kind_of_chart_is_drawn_within_the_workers_limits(sandbox: Sandbox, kind: str) -> None:
    series = BAR.series[:1] if kind == "pie" else BAR.series
    chart = Chart(kind, BAR.title, BAR.labels, series, BAR.x_label)  # type: ignore[arg-type]
    drawn = await SandboxPainter(sandbox).chart(chart)
    picture = opened(drawn.data).convert("RGB")
    assert drawn.mime == "image/png"
    assert (drawn.width, drawn.height) == picture.size
    assert 1400 < drawn.width < 2600
    blue = np.abs(np.asarray(picture).astype(int) - (0, 114, 178)).max(axis=2) < 12
    pale = np.abs(np.asarray(picture).astype(int) - (166, 206, 228)).max(axis=2) < 12
    assert blue.sum() + (pale.sum() if kind == "area" else 0) > (2000 if kind == "line" else 60_000)
    assert tuple(np.asarray(picture)[2, 2]) == (255, 255, 255)


async def test_a_worker_that_drew_a_chart_still_has_a_limit_and_still_reads_pictures(sandbox: Sandbox) -> None:
    painter = SandboxPainter(sandbox)
    await painter.chart(BAR)
    assert (await painter.annotate(ONE, "a.png", MARKS)).width == 300
    with pytest.raises((errors.FileTooLarge, errors.FileBroken)):
        await sandbox.run(bytes, 1 << 31)
    assert (await painter.annotate(ONE, "a.png", MARKS)).width == 300


async def test_a_chart_too_large_for_the_memory_costs_a_worker_and_no_more() -> None:
    async with Sandbox(workers=1, memory_bytes=200 << 20) as sandbox:
        with pytest.raises((errors.FileTooLarge, errors.FileBroken)):
            await SandboxPainter(sandbox).chart(BAR)
        assert (await SandboxPainter(sandbox).annotate(ONE, "a.png", MARKS)).width == 300


async def test_what_is_wrong_keeps_its_words(sandbox: Sandbox) -> None:
    painter = SandboxPainter(sandbox)
    with pytest.raises(ValueError, match="must be from 0 to 1000"):
        await painter.annotate(ONE, "a.png", (Mark("box", (0, 0, 1100, 5)),))
    with pytest.raises(errors.FileBroken) as refused:
        await painter.chart(Chart("bar", "", ("a",), (Series("s", (1.0, 2.0)),)))
    assert "'s' has 2 values for 1 labels" in refused.value.detail
    with pytest.raises(errors.FileUnsupported) as unsupported:
        await painter.compare(ONE, b"%PDF-1.7\n%%EOF")
    assert "not a picture" in unsupported.value.user_message
    with pytest.raises(errors.FileBroken) as broken:
        await painter.annotate(ONE[:60], "a.png", ())
    assert "damaged" in broken.value.user_message


async def test_the_event_loop_stays_free_and_slow_drawing_is_stopped(sandbox: Sandbox) -> None:
    painter = SandboxPainter(sandbox)
    data = png(page((1600, 1000), 14))
    await painter.annotate(ONE, "a.png", ())
    here_s = cost_s(lambda: compare.compare(data, OTHER), 1)
    longest = 0.0
    with uncollected():
        async with asyncio.TaskGroup() as group:
            drawing = group.create_task(painter.compare(data, OTHER))
            while not drawing.done():
                started = time.thread_time()
                await asyncio.sleep(0.002)
                longest = max(longest, time.thread_time() - started)
    assert longest < here_s / 4
    async with Sandbox(workers=1, timeout_s=0.05) as hasty:
        with pytest.raises(errors.FileTooSlow):
            await SandboxPainter(hasty).compare(data, OTHER)
