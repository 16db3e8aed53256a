"""Fakes of the workspace, its files and their cache, in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.core.document import Document, Page
from bot.core.drawing import Box
from bot.core.images import PreparedImage
from bot.core.ports import EarlierMessages, Person, SlackMessage
from bot.core.read_progress import PageCounter
from bot.core.thread.inbound import FileRef, Inbound
from bot.errors import FileError, StateError


@dataclass
class FakeWorkspace:
    people: dict[str, Person] = field(default_factory=dict)
    messages: dict[str, SlackMessage] = field(default_factory=dict)
    earlier: tuple[SlackMessage, ...] = ()
    looked_up: list[str] = field(default_factory=list)
    asked_about: list[str] = field(default_factory=list)
    threads_read: int = 0
    read_since: list[str] = field(default_factory=list)
    missed_since: str = ""
    left_out: int = 0

    async def person(self, team: str, user: str, channel: str | None = None) -> Person:
        self.asked_about.append(user)
        return self.people.get(user, Person(user, user, standing="member"))

    async def message(self, inbound: Inbound) -> SlackMessage | None:
        self.looked_up.append(inbound.ts)
        return self.messages.get(inbound.ts)

    async def thread(self, inbound: Inbound, since: str = "") -> EarlierMessages:
        self.threads_read += 1
        self.read_since.append(since)
        said = [one for one in self.earlier if float(since or 0) < float(one.ts) < float(inbound.ts)]
        if self.missed_since:
            said = [one for one in said if float(one.ts) <= float(self.missed_since)]
        return EarlierMessages(tuple(said), self.left_out, self.missed_since)

    async def readable(self, team: str, text: str, reader: str) -> str:
        return text.replace("&lt;", "<")


@dataclass
class FakeFiles:
    """Slack's files and the reader in one: a file's bytes are its id; ids in `troubles` raise."""

    troubles: dict[str, FileError] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)
    prepared: list[tuple[bytes, int]] = field(default_factory=list)
    rendered: list[dict[int, int]] = field(default_factory=list)
    pages: int = 3

    async def fetch(self, file: FileRef) -> bytes:
        return await self.fetch_by_id(file.id)

    async def fetch_by_id(self, file_id: str) -> bytes:
        self.fetched.append(file_id)
        if file_id in self.troubles:
            raise self.troubles[file_id]
        return file_id.encode()

    async def prepare(self, data: bytes, name: str, max_tokens: int) -> PreparedImage:
        self.prepared.append((data, max_tokens))
        if name in self.troubles:
            raise self.troubles[name]
        return PreparedImage("image/png", b"\n" + data, 1288, 728, min(1196, max_tokens), 1280, 720)

    async def fetch_converted(self, file_id: str, url: str = "") -> bytes:
        return await self.fetch_by_id(f"{file_id}.pdf")

    async def read(self, data: bytes, name: str = "", *, progress: PageCounter = lambda _done, _of: None) -> Document:
        if name in self.troubles:
            raise self.troubles[name]
        progress(self.pages, self.pages)
        pages = tuple(Page(number, f"text of page {number}") for number in range(1, self.pages + 1))
        return Document("pdf", (Page(1, "", look="a scan", source=("1",)), *pages[1:]))

    async def render(
        self,
        data: bytes,
        document: Document,
        tokens: Mapping[int, int],
        *,
        progress: PageCounter = lambda _done, _of: None,
    ) -> tuple[tuple[int, PreparedImage], ...]:
        self.rendered.append(dict(tokens))
        progress(len(tokens), len(tokens))
        return tuple([(number, await self.prepare(data, "", most)) for number, most in tokens.items()])

    async def crop(
        self, data: bytes, document: Document, number: int, box: Box, max_tokens: int
    ) -> PreparedImage | None:
        return await self.prepare(data, "", max_tokens)


@dataclass
class FakeBlobs:
    kept: dict[tuple[str, str, str], bytes] = field(default_factory=dict)
    facts: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    is_full: bool = False

    async def put(self, team: str, sha256: str, variant: str, data: bytes) -> None:
        if self.is_full:
            raise StateError("OOM")
        self.kept[team, sha256, variant] = data

    async def get(self, team: str, sha256: str, variant: str) -> bytes | None:
        return self.kept.get((team, sha256, variant))

    async def note_file(self, team: str, file_id: str, facts: Mapping[str, Any]) -> None:
        self.facts[team, file_id] = dict(facts)

    async def file(self, team: str, file_id: str) -> dict[str, Any] | None:
        return self.facts.get((team, file_id))
