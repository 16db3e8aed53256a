"""Exports archives what is known of a person: no file name leads out of the archive, and each person gets one at a
time.
"""

import asyncio
import io
import zipfile
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field

import pytest

from bot.core.accounts.exports import Exports, KeptRecords
from bot.core.ports import Person
from bot.core.thread.conversation import Conversation
from bot.core.thread.inbound import ThreadId
from bot.core.thread.turn import Picture, Turn, TurnMessage

THREAD = ThreadId("T1", "C1", "1700000000.000100")
ANA = Person("UANA", "Ana", standing="member")


@dataclass
class Store:
    """One thread, in which Ana sent a picture of this name. Its bytes come once `may_go_on`."""

    name: str = "plan.png"
    may_go_on: asyncio.Event = field(default_factory=asyncio.Event)
    asked: int = 0

    async def threads(self, team: str, channel: str = "") -> AsyncGenerator[ThreadId]:
        yield THREAD

    async def load(self, thread: ThreadId) -> Conversation:
        picture = Picture(1, self.name, "F1", "0" * 64, 100, 100, 13)
        said = TurnMessage("1700000000.000100", "Ana", "look", (picture,), user="UANA")
        return Conversation(turns=(Turn("2026-11-29", (said,), "An answer."),))

    async def of_person(self, team: str, user: str) -> Mapping[str, str]:
        return {}

    async def source(self, team: str, sha256: str, file_id: str) -> bytes:
        self.asked += 1
        await self.may_go_on.wait()
        return b"picture"


def exports(store: Store) -> Exports:
    return Exports(KeptRecords(store, store), store, store)


@pytest.mark.parametrize(
    ("name", "ending"),
    [("plan.png", ".png"), ("a.x\\..\\..\\run", ""), ("a./etc/passwd", ""), ("a.b\nc", ""), ("a.sh:x", ""), ("a", "")],
)
async def test_a_picture_is_named_by_its_number_alone(name: str, ending: str) -> None:
    store = Store(name)
    store.may_go_on.set()
    async with exports(store).archive("T1", ANA, "D1") as found:
        assert found is not None
        with zipfile.ZipFile(io.BytesIO(found[1])) as archive:
            folder = f"threads/{THREAD.channel}-{THREAD.root_ts}"
            assert {one for one in archive.namelist() if "/" in one} == {f"{folder}.md", f"{folder}/1{ending}"}


async def test_a_second_archive_is_not_made_meanwhile() -> None:
    store = Store()
    making = exports(store)

    async def ask() -> bool:
        async with making.archive("T1", ANA, "D1") as found:
            return found is not None

    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(ask())
        while not store.asked:  # noqa: ASYNC110
            await asyncio.sleep(0)
        assert not await ask()
        store.may_go_on.set()
    assert first.result()
    assert await ask(), "later there is another"
