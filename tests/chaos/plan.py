"""A seeded plan: who asks what when, and what breaks when. Pure; the same seed is the same plan."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Trouble = Literal["kill worker", "kill web", "pause worker", "restart worker", "kill redis", "pause redis"]
PEOPLE = ("Ana", "Ben", "Mei")
CHANNELS = ("#general", "#design", "@glm")
ASK_EVERY_S = 0.4
# Longer than the lease (jobs.worker.REDELIVERY_S).
PAUSE_WORKER_S = 11.0
PAUSE_REDIS_S = 3.0
REDIS_AWAY_S = 1.5
TROUBLES: dict[Trouble, int] = {
    "kill worker": 40,
    "restart worker": 15,
    "kill web": 15,
    "pause worker": 10,
    "kill redis": 10,
    "pause redis": 10,
}


@dataclass(frozen=True, slots=True)
class Ask:
    """`thread` numbers its thread; `edit_after_s` and `delete_after_s` count from its post, as `repeat_after_s` does.

    `gap_s` lies between the twins of a mention.
    """

    at_s: float
    number: int
    thread: int
    user: str
    channel: str
    mentions: bool
    with_file: bool
    mention_first: bool
    gap_s: float
    repeat_after_s: tuple[float, ...] = ()
    edit_after_s: float | None = None
    delete_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Break:
    at_s: float
    trouble: Trouble
    victim: int


@dataclass(frozen=True, slots=True)
class Plan:
    asks: tuple[Ask, ...]
    breaks: tuple[Break, ...]


def draw(questions: int, threads: int, break_every_s: float, seed: int) -> Plan:
    dice = random.Random(seed)
    owners = list(range(threads)) + [dice.randrange(threads) for _ in range(questions - threads)]
    dice.shuffle(owners)
    homes = {thread: (dice.choice(CHANNELS), dice.choice(PEOPLE)) for thread in range(threads)}
    asks = []
    for number, thread in enumerate(owners):
        at_s = number * ASK_EVERY_S + dice.uniform(0, ASK_EVERY_S)
        asks.append(_ask(dice, at_s, number, thread, homes[thread], alone=owners.count(thread) == 1))
    return Plan(tuple(asks), tuple(_breaks(dice, asks[-1].at_s, break_every_s)))


def _ask(dice: random.Random, at_s: float, number: int, thread: int, home: tuple[str, str], *, alone: bool) -> Ask:
    channel, owner = home
    chance: Callable[[float], bool] = lambda share: dice.random() < share  # noqa: E731
    fate = dice.random()
    return Ask(
        at_s=at_s,
        number=number,
        thread=thread,
        user=owner if channel == "@glm" else dice.choice(PEOPLE),
        channel=channel,
        mentions=channel != "@glm" and chance(0.6),
        with_file=chance(0.1),
        mention_first=chance(0.5),
        gap_s=dice.choice((0.0, 0.0, 0.1, 0.5)),
        repeat_after_s=tuple(dice.uniform(0.3, 8) for _ in range(dice.randint(1, 3))) if chance(0.2) else (),
        edit_after_s=dice.uniform(0.2, 4) if fate < 0.1 else None,
        # A root with replies would only leave a tombstone.
        delete_after_s=dice.uniform(0.2, 4) if 0.1 <= fate < 0.18 and (alone or number > 0) else None,
    )


def _breaks(dice: random.Random, until_s: float, every_s: float) -> list[Break]:
    kinds, weights = list(TROUBLES), list(TROUBLES.values())
    count = int(until_s / every_s)
    return [Break((index + 1) * every_s, dice.choices(kinds, weights)[0], dice.randint(1, 2)) for index in range(count)]
