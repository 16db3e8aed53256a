"""A turn whose answer is written anew: as it was asked, or as its question reads since it was edited."""

import re
from dataclasses import replace

from bot.core.conversation import Paper, Picture, Said, Turn

_NOT_READ = re.compile(r"(?P<name>.+?) was attached but not read: (?P<reason>.+)", re.DOTALL)


def anew(before: Turn) -> Turn:
    """The question alone, in its place; the answers there were are its versions."""
    versions = (*before.versions, before.answer) if before.answer else before.versions
    return Turn(
        before.date,
        before.said,
        thinking=before.thinking,
        versions=versions,
        number=before.number,
        brief=before.brief,
        missed_since=before.missed_since,
    )


def with_text(turn: Turn, ts: str, words: str) -> Turn:
    """With these words for the message; its files are not looked at."""
    said = tuple(replace(one, text=words) if one.ts == ts else one for one in turn.said)
    return replace(turn, said=said)


def edited(before: Turn, now: Said, next_number: int) -> Turn:
    """With the message as it reads now, amid what else was said. A file that was there keeps its number and its name:
    later turns call it so.
    """
    (old,) = [one for one in before.said if one.ts == now.ts]
    numbers = {_key(picture): picture.number for picture in old.pictures}
    pictures: list[Picture] = []
    for picture in now.pictures:
        number = numbers.get(_key(picture), next_number)
        next_number += number == next_number
        pictures.append(replace(picture, number=number))
    papers = {paper.sha256: paper for paper in old.papers}
    now = replace(now, pictures=tuple(pictures), papers=tuple(papers.get(one.sha256, one) for one in now.papers))
    return replace(anew(before), said=tuple(now if one.ts == now.ts else one for one in before.said))


def files_of(turn: Turn) -> tuple[tuple[Picture | Paper, ...], tuple[tuple[str, str], ...]]:
    """What was read for the turn, and (name, reason) of what was not."""
    read: list[Picture | Paper] = []
    unread: list[tuple[str, str]] = []
    for said in turn.said:
        read += [*(picture for picture in said.pictures if not picture.page), *said.papers]
        unread += [(found["name"], found["reason"]) for note in said.notes if (found := _NOT_READ.fullmatch(note))]
    return tuple(read), tuple(unread)


def _key(picture: Picture) -> tuple[str, int]:
    return picture.sha256, picture.page
