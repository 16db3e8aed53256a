import asyncio
import time

import pytest

from bot import errors
from bot.documents.image_reader import ImageReader
from bot.documents.images.images import crop, prepare, prepare_levels
from bot.documents.sandbox.sandbox import Sandbox
from tests.cost import cost_s, uncollected
from tests.documents.drawn_pages import page, png, quarters
from tests.documents.images.test_svg import needs_cairo, svg


async def test_pictures_are_read_in_a_worker_with_the_same_result() -> None:
    data = png(quarters(400, 300))
    async with Sandbox(workers=1) as sandbox:
        reader = ImageReader(sandbox)
        assert await reader.prepare(data, "a.png", 1536) == prepare(data, "a.png", 1536)
        assert await reader.prepare_levels(data, "a.png", [6144, 400]) == prepare_levels(data, "a.png", (6144, 400))
        assert await reader.crop(data, (0, 0, 500, 500)) == crop(data, (0, 0, 500, 500))


async def test_a_wrong_box_keeps_its_words_for_the_model() -> None:
    async with Sandbox(workers=1) as sandbox:
        with pytest.raises(ValueError, match="must be from 0 to 1000"):
            await ImageReader(sandbox).crop(png(quarters()), (0, 0, 1200, 500))


async def test_errors_keep_their_words_for_people() -> None:
    async with Sandbox(workers=1) as sandbox:
        with pytest.raises(errors.FileBroken) as broken:
            await ImageReader(sandbox).prepare(png(quarters())[:60], "cut.png")
    assert "damaged or cut off" in broken.value.user_message


async def test_the_event_loop_stays_free() -> None:
    data = png(page((1500, 1000), 14))
    here_s = cost_s(lambda: prepare(data), 1)
    longest = 0.0
    async with Sandbox(workers=1) as sandbox:
        reader = ImageReader(sandbox)
        await reader.prepare(png(quarters()))
        with uncollected():
            async with asyncio.TaskGroup() as group:
                reading = group.create_task(reader.prepare(data))
                while not reading.done():
                    started = time.thread_time()
                    await asyncio.sleep(0.002)
                    longest = max(longest, time.thread_time() - started)
    assert reading.result().width > 1000
    assert longest < here_s / 4


@needs_cairo
async def test_a_drawing_that_never_ends_is_stopped() -> None:
    bomb = "<defs><g id='a0'><circle r='1'/></g>"
    bomb += (
        "".join(f"<g id='a{i}'>" + f"<use href='#a{i - 1}'/>" * 20 + "</g>" for i in range(1, 9))
        + "</defs><use href='#a8'/>"
    )
    async with Sandbox(workers=1, timeout_s=2.0) as sandbox:
        with pytest.raises((errors.FileTooSlow, errors.FileBroken, errors.FileTooLarge)):
            await ImageReader(sandbox).prepare(svg("width='9' height='9'", bomb))
        assert (await ImageReader(sandbox).prepare(png(quarters()))).tokens > 0


async def test_a_picture_too_large_for_the_memory_says_so() -> None:
    data = png(quarters(7000, 7000))
    async with Sandbox(workers=1, memory_bytes=120 * 1024 * 1024) as sandbox:
        with pytest.raises(errors.FileTooLarge):
            await ImageReader(sandbox).prepare(data)
        assert (await ImageReader(sandbox).prepare(png(quarters()))).tokens > 0
