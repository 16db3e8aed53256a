"""Exports makes the archive of all that the bot knows of a person: threads with pictures, settings and usage."""

import asyncio
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePath
from typing import Protocol

from bot.core.model.usage import Currency
from bot.core.money.usage_rows import UsageRow, as_csv
from bot.core.ports import Conversations, Person
from bot.core.thread.inbound import ThreadId
from bot.core.thread.turn import Picture, Turn, TurnMessage
from bot.errors import BotError

NAME = "glm-export.zip"
MOST_BYTES = 45 * 1024 * 1024
# After so long no more pictures are downloaded: the person waits, and text matters more.
PICTURES_S = 45.0
IN_DM = "in our direct messages"
GONE = "*({name} could no longer be had)*"
LEFT_OUT = "*({name} was left out: the archive is large enough)*"
README = """\
# What GLM-4.6V knows of {name}

- `threads/`: your questions and the answers to them, as they are remembered today, with the pictures you sent.
  What others said in those threads is theirs, and not here.
- `settings.json`: what you have chosen with `/glm`.
- `usage.json`: what your remembered questions have used, by model.
- `usage.csv`: what all your questions have used, by day, channel and model.
"""


class Records(Protocol):
    def threads(self, team: str, channel: str = "") -> AsyncGenerator[ThreadId]: ...


class Originals(Protocol):
    async def source(self, team: str, sha256: str, file_id: str) -> bytes:
        """Return the bytes of a file as they were uploaded. Raises BotError."""
        ...


class Settings(Protocol):
    async def of_person(self, team: str, user: str) -> Mapping[str, str]:
        """Return the settings of a person, or of a channel, by its id."""
        ...


class UsageBooks(Protocol):
    @property
    def currency(self) -> Currency: ...


class UsageRecords(Protocol):
    @property
    def books(self) -> UsageBooks: ...

    def kept_days(self) -> list[date]: ...

    async def rows(self, team: str, days: Sequence[date]) -> list[UsageRow]: ...


@dataclass(frozen=True, slots=True)
class KeptRecords:
    """The stores besides that of conversations. `spent` is None when no usage is recorded."""

    records: Records
    settings: Settings
    spent: UsageRecords | None = None


@dataclass
class _Archive:
    until: float
    files: dict[str, bytes] = field(default_factory=dict)
    used: dict[str, Counter[str]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return sum(map(len, self.files.values()))

    @property
    def takes_pictures(self) -> bool:
        return self.size < MOST_BYTES and asyncio.get_running_loop().time() < self.until

    def count(self, turn: Turn) -> None:
        spent = turn.spent
        used = self.used.setdefault(f"{spent.model or 'unknown'} ({spent.currency})", Counter())
        used.update(answers=1, prompt_tokens=spent.prompt_tokens, completion_tokens=spent.completion_tokens)
        used["cost_millionths"] += round(spent.cost * 1_000_000)


class Exports:
    """Raises StateError."""

    def __init__(self, kept: KeptRecords, threads: Conversations, originals: Originals) -> None:
        self._kept = kept
        self._threads = threads
        self._originals = originals
        self._running: set[tuple[str, str]] = set()
        self._one = asyncio.Lock()

    @asynccontextmanager
    async def archive(self, team: str, person: Person, dm: str) -> AsyncGenerator[tuple[str, bytes] | None]:
        """Yield the name and the bytes of the archive. `dm` is the channel of the person's direct messages, where
        everything belongs to them.

        Archives are large, so only one is made at a time. A person who asks again meanwhile gets None.
        """
        key = team, person.id
        if key in self._running:
            yield None
            return
        self._running.add(key)
        try:
            async with self._one:
                yield await self._archive(team, person, dm)
        finally:
            self._running.discard(key)

    async def _archive(self, team: str, person: Person, dm: str) -> tuple[str, bytes]:
        archive = _Archive(asyncio.get_running_loop().time() + PICTURES_S)
        async for thread in self._kept.records.threads(team):
            conversation = await self._threads.load(thread)
            theirs = [turn for turn in conversation.turns if thread.channel == dm or _asked(turn, person.id)]
            if theirs:
                await self._add_thread(archive, thread, theirs, "" if thread.channel == dm else person.id)
        settings: dict[str, object] = dict(await self._kept.settings.of_person(team, person.id))
        if dm and (chosen := dict(await self._kept.settings.of_person(team, dm))):
            settings[IN_DM] = chosen
        archive.files["README.md"] = README.format(name=person.name).encode()
        archive.files["settings.json"] = _json(settings)
        archive.files["usage.json"] = _json({model: dict(used) for model, used in archive.used.items()})
        if spent := self._kept.spent:
            rows = [row for row in await spent.rows(team, spent.kept_days()) if row.user == person.id]
            archive.files["usage.csv"] = as_csv(rows, {person.id: person.name}, spent.books.currency)
        return NAME, await asyncio.to_thread(_zipped, archive.files)

    async def _add_thread(self, archive: _Archive, thread: ThreadId, turns: list[Turn], user: str) -> None:
        name = f"{thread.channel}-{thread.root_ts}"
        paragraphs = [f"# {name}"]
        for turn in turns:
            archive.count(turn)
            paragraphs.append(f"## {turn.date}")
            for said in turn.said:
                if said.role == "question" and (not user or said.user == user):
                    paragraphs.append(said.words)
                    paragraphs += [await self._picture(archive, thread, name, picture) for picture in _uploads(said)]
                    paragraphs += [f"*({paper.name})*" for paper in said.papers]
            paragraphs += ["---", turn.words or f"*({turn.failure})*"]
        archive.files[f"threads/{name}.md"] = "\n\n".join(filter(None, paragraphs)).encode() + b"\n"

    async def _picture(self, archive: _Archive, thread: ThreadId, folder: str, picture: Picture) -> str:
        if not archive.takes_pictures:
            return LEFT_OUT.format(name=picture.name)
        try:
            data = await self._originals.source(thread.team, picture.sha256, picture.file_id)
        except BotError:
            return GONE.format(name=picture.name)
        place = f"{folder}/{picture.number}{_ending(picture.name)}"
        archive.files[f"threads/{place}"] = data
        alt = picture.name.replace("[", "(").replace("]", ")")
        return f"![{alt}]({place})"


def _asked(turn: Turn, user: str) -> bool:
    return any(said.user == user for said in turn.asked)


def _uploads(said: TurnMessage) -> list[Picture]:
    """Return the pictures that somebody sent, without the pages of documents."""
    return [picture for picture in said.pictures if not picture.page]


def _ending(name: str) -> str:
    """Return the ending of a file name, or "" when it has unusual characters: people choose names freely, and no name
    may change the path of a file in the archive.
    """
    ending = PurePath(name).suffix
    return ending if re.fullmatch(r"\.[A-Za-z0-9]{1,7}", ending) else ""


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"


def _zipped(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()
