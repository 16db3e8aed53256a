"""The things to try on the first screen; each comes with a picture and is sent for real."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.playground.workspace.records import Json


@dataclass(frozen=True, slots=True)
class Try:
    """`place` as `People.post` takes it; `picture` is a name of samples.draw_all()."""

    title: str
    note: str
    text: str
    place: str
    picture: str


TRIES = (
    Try(
        "What is wrong in this screenshot?",
        "Mention it in #general",
        "@glm What is wrong in this screenshot?",
        "#general",
        "checkout-error.png",
    ),
    Try("Read this chart", "In a direct message", "Read this chart: what stands out?", "@glm", "sales-chart.png"),
    Try(
        "Which rooms are on this plan?",
        "In a direct message",
        "Which rooms are on this plan?",
        "@glm",
        "floor-plan.png",
    ),
)


def tries(samples: Mapping[str, bytes]) -> tuple[Try, ...]:
    """Those whose picture there is."""
    return tuple(item for item in TRIES if item.picture in samples)


def try_views(samples: Mapping[str, bytes]) -> list[Json]:
    return [
        {"title": item.title, "note": item.note, "picture": f"/page/samples/{item.picture}"} for item in tries(samples)
    ]
