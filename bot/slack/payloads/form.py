"""Holding what comes from Slack against the form it should have.

What is wrong and can be missed is left out, as if it had not been sent; an id, a time or a kind that is wrong makes
the whole of no use. What we do not know is not looked at.
"""

from typing import Annotated, Any

from pydantic import BaseModel, Field, StrictBool, StrictInt, StrictStr, ValidationError

from bot.core.ids import ID, TS
from bot.errors import PayloadMalformed

Id = Annotated[StrictStr, Field(pattern=f"^{ID}$")]
Ts = Annotated[StrictStr, Field(pattern=f"^{TS}$")]
# Slack writes what there is none of in several ways.
NoneOr = Annotated[StrictStr, Field(pattern="^$")] | None
Word = StrictStr | None
Flag = StrictBool | None
Size = Annotated[StrictInt, Field(ge=0, le=2**53)] | None
# Left out, these would make something else of the rest: a reply a message, a bot's message a person's.
VITAL = frozenset(
    {"bot_id", "channel", "channel_id", "deleted_ts", "id", "subtype", "team_id", "thread_ts", "ts", "type"}
)
MOST_ROUNDS = 20

Step = str | int


class Shape(BaseModel):
    """Read for its form only: values are taken from what was sent."""


def fit(shape: type[Shape], value: dict[str, Any]) -> None:
    """Leave out of `value` what is not in form. Raises PayloadMalformed when the rest would be of no use."""
    for _ in range(MOST_ROUNDS):
        try:
            shape.model_validate(value)
        except ValidationError as wrong:
            found = wrong.errors(include_url=False, include_context=False, include_input=False)
        else:
            return
        # From the end of a list, so that what is before it keeps its place.
        for path in sorted({_path(value, error["loc"]) for error in found}, key=repr, reverse=True):
            _leave_out(value, path)
    raise PayloadMalformed("too much is wrong")


def _path(value: Any, place: tuple[Step, ...]) -> tuple[Step, ...]:
    """The part of a place that is there; what is missing in an object is told as the object."""
    path: list[Step] = []
    for step in place:
        if not _holds(value, step):
            break
        value = value[step]
        path.append(step)
    return tuple(path)


def _holds(value: Any, step: Step) -> bool:
    if isinstance(value, dict):
        return step in value
    return isinstance(value, list) and isinstance(step, int) and step < len(value)


def _leave_out(value: Any, path: tuple[Step, ...]) -> None:
    if not path:
        raise PayloadMalformed("something is missing")
    if path[-1] in VITAL and len(path) <= 2:
        raise PayloadMalformed(".".join(str(step) for step in path))
    for step in path[:-1]:
        if not _holds(value, step):
            return  # gone already, with something around it
        value = value[step]
    if _holds(value, path[-1]):
        del value[path[-1]]
