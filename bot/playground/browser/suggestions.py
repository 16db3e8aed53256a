"""The suggestions on the first screen. Each comes with a picture and is really sent."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.playground.workspace.records import Json


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`place` is a channel as `People.post` takes it; `picture` is a name of samples.draw_all()."""

    title: str
    note: str
    text: str
    place: str
    picture: str


SUGGESTIONS = (
    Suggestion(
        "What is wrong in this screenshot?",
        "Mention it in #general",
        "@glm What is wrong in this screenshot?",
        "#general",
        "checkout-error.png",
    ),
    Suggestion(
        "Read this chart", "In a direct message", "Read this chart: what stands out?", "@glm", "sales-chart.png"
    ),
    Suggestion(
        "Which rooms are on this plan?",
        "In a direct message",
        "Which rooms are on this plan?",
        "@glm",
        "floor-plan.png",
    ),
)


def suggestions(samples: Mapping[str, bytes]) -> tuple[Suggestion, ...]:
    """Return the suggestions whose picture exists."""
    return tuple(item for item in SUGGESTIONS if item.picture in samples)


def suggestion_views(samples: Mapping[str, bytes]) -> list[Json]:
    return [
        {"title": item.title, "note": item.note, "picture": f"/page/samples/{item.picture}"}
        for item in suggestions(samples)
    ]
