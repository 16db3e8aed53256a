"""Reads the arguments of a tool call strictly, and states every problem in a sentence that the model can act on.

Models write 7 as "7", and a list as JSON in a string; both are accepted. Nothing is clamped or dropped in silence.
`argument` names an argument in those sentences. All functions raise ToolFailed.
"""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from bot.core.agent.ports import ToolFailed
from bot.core.drawing import Box

Arguments = Mapping[str, Any]

SIDE = 1000
LONGEST = 2_000
_SHOWN = 80


def string(arguments: Arguments, name: str, most: int = LONGEST) -> str:
    """Return a required text, without the space around it."""
    result = optional_string(arguments, name, most)
    if not result:
        problem = "is missing" if arguments.get(name) is None else "is empty"
        raise ToolFailed(f"`{name}` {problem}; it must be a text.")
    return result


def optional_string(arguments: Arguments, name: str, most: int = LONGEST) -> str:
    value = arguments.get(name)
    return "" if value is None else checked_text(value, f"`{name}`", most).strip()


def checked_text(value: Any, argument: str, most: int = LONGEST) -> str:
    """Return a text; a number counts as the text that it is written as."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ToolFailed(f"{argument} must be a text, but is {quoted(value)}.")
    text = str(value)
    if len(text) > most:
        raise ToolFailed(f"{argument} has {len(text):,} characters; at most {most:,} are possible.")
    return text


def integer(arguments: Arguments, name: str) -> int:
    value = arguments.get(name)
    if value is None:
        raise ToolFailed(f"`{name}` is missing; it must be a whole number.")
    result = number(value, f"`{name}`")
    if not result.is_integer():
        raise ToolFailed(f"`{name}` must be a whole number, but is {quoted(value)}.")
    return int(result)


def number(value: Any, argument: str) -> float:
    """Return a finite number, which may be written as a text."""
    is_possible = isinstance(value, str | int | float) and not isinstance(value, bool)
    try:
        result = float(value) if is_possible else math.nan
    except (ValueError, OverflowError):
        result = math.nan
    if not math.isfinite(result):
        raise ToolFailed(f"{argument} must be a number, but is {quoted(value)}.")
    return result


def items(arguments: Arguments, name: str, most: int) -> list[Any]:
    """Return a required list with something in it."""
    value = arguments.get(name)
    if value is None:
        raise ToolFailed(f"`{name}` is missing; it must be a list.")
    return listed(value, f"`{name}`", most)


def listed(value: Any, argument: str, most: int) -> list[Any]:
    result = _from_json(value)
    if not isinstance(result, list):
        raise ToolFailed(f"{argument} must be a list, but is {quoted(value)}.")
    if not 1 <= len(result) <= most:
        raise ToolFailed(f"{argument} must have 1 to {most:,} entries, but has {len(result):,}.")
    return result


def record(value: Any, argument: str) -> Arguments:
    result = _from_json(value)
    if not isinstance(result, Mapping):
        raise ToolFailed(f"{argument} must be an object, but is {quoted(value)}.")
    return result


def box(arguments: Arguments, name: str) -> Box:
    """Return a required box with something in it: left, top, right, bottom, each 0 to 1000."""
    argument = f"`{name}`"
    if arguments.get(name) is None:
        raise ToolFailed(f"{argument} is missing; it must be [x1, y1, x2, y2], each from 0 to {SIDE}.")
    left, top, right, bottom = coordinates(arguments[name], argument, (4,))
    check_upright((left, top, right, bottom), argument)
    return left, top, right, bottom


def check_upright(result: Box, argument: str) -> None:
    left, top, right, bottom = result
    if left >= right or top >= bottom:
        raise ToolFailed(
            f"{argument} is {shown_box(result)}, which is reversed or empty: it must be [x1, y1, x2, y2] "
            "with x1 < x2 (left, right) and y1 < y2 (top, bottom)."
        )


def coordinates(value: Any, argument: str, counts: Sequence[int]) -> tuple[float, ...]:
    """Return as many numbers as one of `counts` allows, each from 0 to 1000 across the picture."""
    result = _from_json(value)
    if isinstance(result, list) and len(result) == 1 and isinstance(result[0], list):
        result = result[0]
    wanted = " or ".join(str(count) for count in counts)
    if not isinstance(result, list) or len(result) not in counts:
        raise ToolFailed(f"{argument} must be a list of {wanted} numbers from 0 to {SIDE}, but is {quoted(value)}.")
    numbers = tuple(number(entry, f"each entry of {argument}") for entry in result)
    if not all(0 <= entry <= SIDE for entry in numbers):
        hint = " These look like pixels: divide x by the picture's width, y by its height, and multiply by 1000."
        raise ToolFailed(
            f"{argument} is {shown_box(numbers)}, which is outside the picture: each number must be from 0 to {SIDE}, "
            f"in thousandths of its width and height.{hint if max(numbers) > SIDE else ''}"
        )
    if max(numbers) <= 1 and any(not entry.is_integer() for entry in numbers):
        raise ToolFailed(f"{argument} is {shown_box(numbers)}: these look like fractions of 1; multiply them by 1000.")
    return numbers


def shown_box(numbers: Sequence[float]) -> str:
    return f"[{', '.join(f'{number:.6g}' for number in numbers)}]"


def quoted(value: Any) -> str:
    """Return the value, short enough for a sentence."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _from_json(value: Any) -> Any:
    if not isinstance(value, str) or not value.lstrip().startswith(("[", "{")):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
