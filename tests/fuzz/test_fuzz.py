"""The fuzzer in small; `make fuzz` is the long one."""

from pathlib import Path

import pytest

from tests.fuzz.mutations import good
from tests.fuzz.run import requests, send_all
from tests.fuzz.seeds import seeds
from tests.fuzz.target import target

pytestmark = pytest.mark.processes

COUNT, SEED = 1_000, 20_251_222


async def test_no_signed_request_breaks_anything(tmp_path: Path) -> None:
    async with target(tmp_path) as on:
        found = await send_all(on, requests(COUNT, SEED))
        assert (found.failed, on.broken.told) == ([], [])
        assert found.count == COUNT
        assert {200, 400} == set(found.statuses)
        # Everything that was written down can be read.
        for thread in await on.services.threads.waiting_threads():
            assert await on.services.threads.waiting(thread)
        assert await on.services.dead_letters.count() == 0
        await on.empty()
        well = await send_all(on, [good(seed) for seed in seeds()])
        assert set(well.statuses) == {200}
        assert on.broken.told == []
        threads = await on.services.threads.waiting_threads()
        texts = {message.text for thread in threads for message in await on.services.threads.waiting(thread)}
        assert "what is this?" in texts, "a good message is still taken in"
