"""`fit` checks that data from Slack has the form it should have.

A wrong part that is not needed is removed, as if Slack had not sent it. A wrong id, time or type makes all of the data
useless. Unknown fields are not checked.
"""

from typing import Annotated, Any

from pydantic import BaseModel, Field, StrictBool, StrictInt, StrictStr, ValidationError

from bot.core.ids import ID, TS
from bot.errors import PayloadMalformed

Id = Annotated[StrictStr, Field(pattern=f"^{ID}$")]
Ts = Annotated[StrictStr, Field(pattern=f"^{TS}$")]
# Slack writes a missing value in several ways.
NoneOr = Annotated[StrictStr, Field(pattern="^$")] | None
Word = StrictStr | None
Flag = StrictBool | None
Size = Annotated[StrictInt, Field(ge=0, le=2**53)] | None
# Without one of these, the rest would mean something else: a reply would be a message, a bot's message a person's.
VITAL = frozenset(
    {"bot_id", "channel", "channel_id", "deleted_ts", "id", "subtype", "team_id", "thread_ts", "ts", "type"}
)
MOST_ROUNDS = 20

Step = str | int


class Shape(BaseModel):
    """A form. It is used for checks only; values are read from the data itself."""


def fit(shape: type[Shape], value: dict[str, Any]) -> None:
    """Remove the parts of `value` that have another form. Raises PayloadMalformed if the rest would be useless."""
    for _ in range(MOST_ROUNDS):
        try:
            shape.model_validate(value)
        except ValidationError as error:
            errors = error.errors(include_url=False, include_context=False, include_input=False)
        else:
            return
        # From the end of a list, so that earlier items keep their places.
        for path in sorted({_path(value, found["loc"]) for found in errors}, key=repr, reverse=True):
            _remove(value, path)
    raise PayloadMalformed("too much is wrong")


def _path(value: Any, place: tuple[Step, ...]) -> tuple[Step, ...]:
    """The part of the place that exists. For a missing field, this is the object that lacks it."""
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


def _remove(value: Any, path: tuple[Step, ...]) -> None:
    if not path:
        raise PayloadMalformed("something is missing")
    if path[-1] in VITAL and len(path) <= 2:
        raise PayloadMalformed(".".join(str(step) for step in path))
    for step in path[:-1]:
        if not _holds(value, step):
            return  # removed already, together with its parent
        value = value[step]
    if _holds(value, path[-1]):
        del value[path[-1]]
