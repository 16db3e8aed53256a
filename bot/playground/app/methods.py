"""The table of the Web API's methods: name, tier, scopes, required arguments, and the function that does the work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.playground.app.arguments import ApiError, Args, Tier
from bot.playground.app.installation import Installation
from bot.playground.workspace.records import Json

Handler = Callable[[Installation, Args], Json]


@dataclass(frozen=True, slots=True)
class Method:
    name: str
    handler: Handler
    tier: Tier
    scopes: tuple[str, ...]
    required: tuple[str, ...]
    token: Literal["bot", "app", "none"]


METHODS: dict[str, Method] = {}


def method(
    name: str,
    tier: Tier,
    *,
    scopes: str = "",
    required: str = "",
    token: Literal["bot", "app", "none"] = "bot",  # noqa: S107 - a kind of token, not one
) -> Callable[[Handler], Handler]:
    """Register a method. `scopes`: any one is enough; `required`: a missing one is `invalid_arguments`;
    space-separated.
    """

    def register(handler: Handler) -> Handler:
        METHODS[name] = Method(name, handler, tier, tuple(scopes.split()), tuple(required.split()), token)
        return handler

    return register


def check_required(wanted: tuple[str, ...], args: Mapping[str, Any]) -> None:
    missing = [name for name in wanted if args.get(name) in (None, "")]
    if missing:
        raise ApiError("invalid_arguments", *(f"missing required field: {name}" for name in missing))
