"""Args are the arguments of a Web API method; ApiError is how a method refuses, with Slack's error codes."""

import json
from typing import Any, Literal

from bot.playground.workspace.records import Json

Tier = Literal["T1", "T2", "T3", "T4", "T5", "post", "none"]


class ApiError(Exception):
    """`{"ok": false, "error": code, …}`, sent with HTTP 200 as Slack does."""

    def __init__(self, code: str, *messages: str, **fields: Any) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields
        if messages:
            self.fields["response_metadata"] = {"messages": [f"[ERROR] {message}" for message in messages]}


class Args(dict[str, Any]):
    """A call's arguments, however they came: JSON bodies hold values, forms and queries hold strings."""

    def text(self, name: str) -> str:
        value = self.get(name)
        return "" if value is None else str(value)

    def flag(self, name: str) -> bool:
        return self.get(name) in (True, "true", "True", "1")

    def number(self, name: str, default: int) -> int:
        try:
            return int(self.get(name) or default)
        except (TypeError, ValueError):
            raise ApiError("invalid_arguments", f"must be an integer [json-pointer:/{name}]") from None

    def json(self, name: str, code: str = "invalid_arguments") -> Any:
        """Return a list or object; None when it was not given. `code` is the error for unreadable JSON."""
        value = self.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise ApiError(code, f"must be valid JSON [json-pointer:/{name}]") from None

    def objects(self, name: str, code: str) -> list[Json] | None:
        value = self.json(name, code)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise ApiError(code, f"must be an array of objects [json-pointer:/{name}]")
        return value
