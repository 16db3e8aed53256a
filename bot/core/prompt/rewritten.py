"""`regenerated` and `edited` make the turn for a new answer: to the same question, or to the edited one."""

import re
from dataclasses import replace

from bot.core.thread.turn import Picture, ThreadDocument, Turn, TurnMessage

_NOT_READ = re.compile(r"(?P<name>.+?) was attached but not read: (?P<reason>.+)", re.DOTALL)


def regenerated(before: Turn) -> Turn:
    """Return the turn without its answer. The old answer becomes its newest version; number and place stay."""
    versions, times = before.versions, times_of(before)
    if before.answer:
        versions, times = (*versions, before.answer), (*times, before.answered_at)
    return Turn(
        before.date,
        before.said,
        thinking=before.thinking,
        versions=versions,
        number=before.number,
        brief=before.brief,
        missed_since=before.missed_since,
        version_times=times,
    )


def times_of(turn: Turn) -> tuple[float, ...]:
    """Return the time of each version, 0 for versions of old records, which have none."""
    missing = len(turn.versions) - len(turn.version_times)
    return (*[0.0] * missing, *turn.version_times[-len(turn.versions) :]) if turn.versions else ()


def back_to(before: Turn, version: int) -> tuple[Turn, str] | None:
    """Return the turn without this version, and the text of the version, which becomes the answer again. Return None
    when there is no such version.
    """
    if not 0 < version <= len(before.versions):
        return None
    turn = regenerated(before)
    at = version - 1
    others = (*turn.versions[:at], *turn.versions[at + 1 :])
    times = times_of(turn)
    kept = replace(turn, versions=others, version_times=(*times[:at], *times[at + 1 :]))
    return kept, before.versions[at]


def with_text(turn: Turn, ts: str, words: str) -> Turn:
    """Return the turn with a new text for the message `ts`. Its files stay."""
    said = tuple(replace(message, text=words) if message.ts == ts else message for message in turn.said)
    return replace(turn, said=said)


def edited(before: Turn, fresh: Turn, ts: str, next_number: int) -> Turn:
    """Return the turn `before` with the message `ts` as it is in `fresh`. When the turn had failed, take all messages
    from `fresh`, because the old ones may lack their files.

    A picture or document that was there before keeps its number and name: later turns refer to it by them.
    """
    edited_message = next(message for message in fresh.said if message.ts == ts)
    said = (
        fresh.said
        if before.failure
        else tuple(edited_message if message.ts == ts else message for message in before.said)
    )
    numbers = {_key(picture): picture.number for picture in before.pictures}
    papers = {paper.sha256: paper for message in before.said for paper in message.papers}
    kept: list[TurnMessage] = []
    for message in said:
        pictures: list[Picture] = []
        for picture in message.pictures:
            number = numbers.get(_key(picture), next_number)
            next_number += number == next_number
            pictures.append(replace(picture, number=number))
        documents = tuple(papers.get(paper.sha256, paper) for paper in message.papers)
        kept.append(replace(message, pictures=tuple(pictures), papers=documents))
    missed = fresh.missed_since if before.failure else before.missed_since
    return replace(regenerated(before), said=tuple(kept), missed_since=missed)


def files_of(turn: Turn) -> tuple[tuple[Picture | ThreadDocument, ...], tuple[tuple[str, str], ...]]:
    """Return the files that were read for the turn, and (name, reason) of those that were not."""
    read: list[Picture | ThreadDocument] = []
    unread: list[tuple[str, str]] = []
    for said in turn.said:
        read += [*(picture for picture in said.pictures if not picture.page), *said.papers]
        unread += [(match["name"], match["reason"]) for note in said.notes if (match := _NOT_READ.fullmatch(note))]
    return tuple(read), tuple(unread)


def _key(picture: Picture) -> tuple[str, int]:
    return picture.sha256, picture.page
