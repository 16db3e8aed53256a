"""A Transcript is the messages of a channel or thread. `transcript_text` labels each message, so that it can be cited.

The text itself has the label and time of each message, and the address of the conversation. So a thread that keeps the
text can always turn `[m12]` into a link.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from bot.core.brief import Span
from bot.core.ports import Person

# The speaker of a transcript in a turn. It is material, and nobody of the thread has said it.
SPEAKER = "Slack"
HEAD = "Messages of {name} at {address}, oldest first; each begins with its label, its id and its time:"
DAY = "— {day:%A}, {day.day} {day:%B %Y} —"
FILES = " (files: {names})"
_HEAD = re.compile(r"^Messages of .* at (\S+), oldest first; each begins", re.MULTILINE)
_LINE = re.compile(r"^\[(m\d+)\] (\d{10}\.\d{6})(?:/(\d{10}\.\d{6}))? (\d\d:\d\d) (.{1,80}?): ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class TranscriptLine:
    """A message. `root_ts` is that of its thread, or empty for no reply. `files` are the names of its files."""

    ts: str
    speaker: str
    text: str
    root_ts: str = ""
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Transcript:
    """`address` is the address of the conversation in Slack, such as `https://acme.slack.com/archives/C1`. `missed`:
    there were more messages than could be read.
    """

    span: Span
    address: str
    lines: tuple[TranscriptLine, ...]
    missed: bool = False


class Transcripts(Protocol):
    async def gather(self, team: str, span: Span, person: Person) -> Transcript:
        """Read the messages that the person may read, oldest first. Raises BriefRefused when they can't be read."""
        ...


@dataclass(frozen=True, slots=True)
class MessageReference:
    """A message that can be cited. `shown` is the text of the link."""

    shown: str
    link: str
    text: str


def transcript_text(transcript: Transcript, utc_offset_s: int, first: int = 1) -> str:
    """Return the messages as text for the model. The labels begin with `m<first>`; times are in the asker's zone."""
    lines = [HEAD.format(name=transcript.span.name, address=transcript.address)]
    day = None
    for number, line in enumerate(transcript.lines, first):
        at = datetime.fromtimestamp(float(line.ts), UTC) + timedelta(seconds=utc_offset_s)
        if at.date() != day:
            day = at.date()
            lines.append(DAY.format(day=at))
        lines.append(_line_text(number, line, f"{at:%H:%M}"))
    if transcript.missed:
        lines.insert(1, "(Only the newest of its messages are here.)")
    return "\n".join(lines)


def _line_text(number: int, line: TranscriptLine, at: str) -> str:
    thread = f"/{line.root_ts}" if line.root_ts and line.root_ts != line.ts else ""
    # Further lines are indented, so that no text of a message looks like the beginning of another one.
    words = line.text.replace("\n", "\n  ")
    names = (" ".join(name.split()) for name in line.files)
    files = FILES.format(names=", ".join(names)) if line.files else ""
    speaker = " ".join(line.speaker.replace(":", " ").split())[:80]
    return f"[m{number}] {line.ts}{thread} {at} {speaker}: {words}{files}"


def count(text: str) -> int:
    """Return the number of messages in a text of `transcript_text`."""
    return len(_LINE.findall(text))


def references(text: str) -> dict[str, MessageReference]:
    """Return the messages that can be cited in a text of `transcript_text`, by label."""
    heads = [(head.start(), head[1]) for head in _HEAD.finditer(text)]
    lines = list(_LINE.finditer(text))
    ends = [*[line.start() for line in lines][1:], len(text)]
    found: dict[str, MessageReference] = {}
    for line, end in zip(lines, ends, strict=False):
        address = next((address for start, address in reversed(heads) if start < line.start()), "")
        if address:
            link = _link(address, line[2], line[3] or "")
            found.setdefault(line[1], MessageReference(f"{line[4]} {line[5]}", link, text[line.end() : end]))
    return found


def parts(text: str, most_chars: int) -> Sequence[str]:
    """Cut the text between messages into pieces of about this size. Each piece begins with the head."""
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
