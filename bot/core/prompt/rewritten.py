"""A turn whose answer is written anew: as it was asked, or as its question reads since it was edited."""

import re
from dataclasses import replace

from bot.core.thread.conversation import Picture, ThreadDocument, Turn, TurnMessage

_NOT_READ = re.compile(r"(?P<name>.+?) was attached but not read: (?P<reason>.+)", re.DOTALL)


def anew(before: Turn) -> Turn:
    """The question alone, in its place; the answers there were are its versions."""
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
    """When each version was written; 0 for those of before it was noted."""
    missing = len(turn.versions) - len(turn.version_times)
    return (*[0.0] * missing, *turn.version_times[-len(turn.versions) :]) if turn.versions else ()


def back_to(before: Turn, version: int) -> tuple[Turn, str] | None:
    """The question with all answers but this one, which is to be shown again; None where there is no such version."""
    if not 0 < version <= len(before.versions):
        return None
    turn = anew(before)
    at = version - 1
    others = (*turn.versions[:at], *turn.versions[at + 1 :])
    times = times_of(turn)
    kept = replace(turn, versions=others, version_times=(*times[:at], *times[at + 1 :]))
    return kept, before.versions[at]


def with_text(turn: Turn, ts: str, words: str) -> Turn:
    """With these words for the message; its files are not looked at."""
    said = tuple(replace(one, text=words) if one.ts == ts else one for one in turn.said)
    return replace(turn, said=said)


def edited(before: Turn, fresh: Turn, ts: str, next_number: int) -> Turn:
    """With the message `ts` as it was read just now, amid what else was said; all of it as it was read just now when
    the turn had failed, since then its files may be missing. A file that was there keeps its number and its name: later
    turns call it so.
    """
    now = next(said for said in fresh.said if said.ts == ts)
    said = fresh.said if before.failure else tuple(now if one.ts == ts else one for one in before.said)
    numbers = {_key(picture): picture.number for picture in before.pictures}
    papers = {paper.sha256: paper for one in before.said for paper in one.papers}
    kept: list[TurnMessage] = []
    for one in said:
        pictures: list[Picture] = []
        for picture in one.pictures:
            number = numbers.get(_key(picture), next_number)
            next_number += number == next_number
            pictures.append(replace(picture, number=number))
        names = tuple(papers.get(paper.sha256, paper) for paper in one.papers)
        kept.append(replace(one, pictures=tuple(pictures), papers=names))
    missed = fresh.missed_since if before.failure else before.missed_since
    return replace(anew(before), said=tuple(kept), missed_since=missed)


def files_of(turn: Turn) -> tuple[tuple[Picture | ThreadDocument, ...], tuple[tuple[str, str], ...]]:
    """What was read for the turn, and (name, reason) of what was not."""
    read: list[Picture | ThreadDocument] = []
    unread: list[tuple[str, str]] = []
    for said in turn.said:
        read += [*(picture for picture in said.pictures if not picture.page), *said.papers]
        unread += [(found["name"], found["reason"]) for note in said.notes if (found := _NOT_READ.fullmatch(note))]
    return tuple(read), tuple(unread)


def _key(picture: Picture) -> tuple[str, int]:
    return picture.sha256, picture.page
