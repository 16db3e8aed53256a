"""What was said in a channel or a thread, told to the model line by line, so that each message can be cited.

The label of a message, its time and the conversation's address stand in the text itself: a thread that remembers the
text can turn `[m12]` into a link for ever.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from bot.core.brief import Span
from bot.core.ports import Person

# Who tells the model of a conversation: what stands there is material, not something a person of the thread has said.
SPEAKER = "Slack"
HEAD = "Messages of {name} at {address}, oldest first; each begins with its label, its id and its time:"
DAY = "— {day:%A}, {day.day} {day:%B %Y} —"
FILES = " (files: {names})"
_HEAD = re.compile(r"^Messages of .* at (\S+), oldest first; each begins", re.MULTILINE)
_LINE = re.compile(r"^\[(m\d+)\] (\d{10}\.\d{6})(?:/(\d{10}\.\d{6}))? (\d\d:\d\d) (.{1,80}?): ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Line:
    """A message. `root_ts` is its thread's, empty when it is no reply; `files` are names."""

    ts: str
    speaker: str
    text: str
    root_ts: str = ""
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Transcript:
    """`address` is that of the conversation in Slack, such as `https://acme.slack.com/archives/C1`; `missed`: there
    were more messages than could be read.
    """

    span: Span
    address: str
    lines: tuple[Line, ...]
    missed: bool = False


class Transcripts(Protocol):
    async def gather(self, team: str, span: Span, person: Person) -> Transcript:
        """Oldest first, as the person may read it. Raises BriefRefused when it can't be read any more."""
        ...


@dataclass(frozen=True, slots=True)
class Reference:
    """A message that can be cited: how it is shown, and where it is."""

    shown: str
    link: str
    text: str


def told(transcript: Transcript, utc_offset_s: int, first: int = 1) -> str:
    """The messages as the model reads them, labelled from `m<first>` on; times are the asker's own."""
    lines = [HEAD.format(name=transcript.span.name, address=transcript.address)]
    before = None
    for number, line in enumerate(transcript.lines, first):
        at = datetime.fromtimestamp(float(line.ts), UTC) + timedelta(seconds=utc_offset_s)
        if at.date() != before:
            before = at.date()
            lines.append(DAY.format(day=at))
        lines.append(_told(number, line, f"{at:%H:%M}"))
    if transcript.missed:
        lines.insert(1, "(Only the newest of its messages are here.)")
    return "\n".join(lines)


def _told(number: int, line: Line, at: str) -> str:
    thread = f"/{line.root_ts}" if line.root_ts and line.root_ts != line.ts else ""
    # Indented, so that nothing in a message can pass for the beginning of another.
    words = line.text.replace("\n", "\n  ")
    names = (" ".join(name.split()) for name in line.files)
    files = FILES.format(names=", ".join(names)) if line.files else ""
    speaker = " ".join(line.speaker.replace(":", " ").split())[:80]
    return f"[m{number}] {line.ts}{thread} {at} {speaker}: {words}{files}"


def count(text: str) -> int:
    """How many messages `told` has told."""
    return len(_LINE.findall(text))


def references(text: str) -> dict[str, Reference]:
    """What can be cited in a text that `told` made, by label."""
    heads = [(found.start(), found[1]) for found in _HEAD.finditer(text)]
    found = list(_LINE.finditer(text))
    ends = [*[one.start() for one in found][1:], len(text)]
    made: dict[str, Reference] = {}
    for one, end in zip(found, ends, strict=False):
        address = next((address for start, address in reversed(heads) if start < one.start()), "")
        if address:
            link = _link(address, one[2], one[3] or "")
            made.setdefault(one[1], Reference(f"{one[4]} {one[5]}", link, text[one.end() : end]))
    return made


def parts(text: str, most_chars: int) -> Sequence[str]:
    """Cut between messages into pieces of about this size, each under the head."""
    head, _, rest = text.partition("\n")
    pieces, piece = [], ""
    for line in rest.split("\n"):
        if piece and len(piece) + len(line) > most_chars and line.startswith("[m"):
            pieces.append(f"{head}\n{piece}")
            piece = ""
        piece += line + "\n"
    return [*pieces, f"{head}\n{piece}"] if piece.strip() else pieces


def _link(address: str, ts: str, root_ts: str) -> str:
    link = f"{address}/p{ts.replace('.', '')}"
    channel = address.rsplit("/", 1)[-1]
    return f"{link}?thread_ts={root_ts}&cid={channel}" if root_ts else link
