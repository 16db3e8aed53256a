"""The file named by MCP_CONFIG: which MCP servers there are, and where they are allowed.

`{"mcpServers": {name: {"command", "args", "env", "cwd"} or {"url", "headers"}}}` as other programs write it, and for
each server, if wanted, `"allow": {"workspaces": […], "channels": […], "people": ["guests", "external"]}`,
`"tools": […]`, `"trusted": […]` and `"timeout_s"`. `trusted` are tools whose word that they only read is believed also
after foreign content was read. Without `people` a server is there for members of the workspace only; `"allow":
["guests"]` is short for an `allow` with nothing but `people`.
"""

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from bot.core.people.standing import Standing
from bot.errors import SettingsInvalid

CALL_TIMEOUT_S = 60.0
VARIABLE = "MCP_CONFIG"
People = Literal["guests", "external"]
# How the file calls them. Of whom nothing is known, nobody can have allowed.
_ADMITTED: Mapping[Standing, str] = {"member": "", "guest": "guests", "external": "external"}


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """One server: a `command` to start, or a `url`. Empty `workspaces`, `channels` and `tools` leave all of them;
    `trusted` are tools that are not asked about where they say that they only read; `people` are who may use it besides
    the members of the workspace.
    """

    name: str
    command: str = ""
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    cwd: str | None = None
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    workspaces: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    tools: frozenset[str] = frozenset()
    trusted: frozenset[str] = frozenset()
    timeout_s: float = CALL_TIMEOUT_S

    def is_allowed(self, team: str, channel: str, standing: Standing) -> bool:
        if standing != "member" and _ADMITTED.get(standing) not in self.people:
            return False
        in_team = not self.workspaces or team in self.workspaces
        return in_team and (not self.channels or channel in self.channels)


class _Allow(BaseModel):
    # A misspelt key here would open what was meant to be closed.
    model_config = ConfigDict(extra="forbid", strict=True)
    workspaces: list[str] = Field(default_factory=list)
    channels: list[str] = Field(default_factory=list)
    people: list[People] = Field(default_factory=list)

    @model_validator(mode="before")
    @classmethod
    def _short_for_people(cls, given: Any) -> Any:
        return {"people": given} if isinstance(given, list) else given


class _Server(BaseModel):
    # Other programs keep keys of their own beside these.
    model_config = ConfigDict(extra="ignore", strict=True)
    command: str = ""
    args: list[str] = Field(default_factory=list)
    env: dict[str, str] = Field(default_factory=dict)
    cwd: str | None = None
    url: str = ""
    headers: dict[str, str] = Field(default_factory=dict)
    type: str = ""
    disabled: bool = False  # as several programs write it
    allow: _Allow = Field(default_factory=_Allow)
    tools: list[str] = Field(default_factory=list)
    trusted: list[str] = Field(default_factory=list)
    timeout_s: float = Field(default=CALL_TIMEOUT_S, gt=0, le=600)

    @model_validator(mode="before")
    @classmethod
    def _no_near_misses(cls, given: Any) -> Any:
        if isinstance(given, dict):
            for key in given.keys() - cls.model_fields.keys():
                meant = difflib.get_close_matches(str(key), cls.model_fields, 1, 0.8)
                if meant:
                    raise ValueError(f"{key!r} is not known; {meant[0]!r} is")
        return given

    @field_validator("url")
    @classmethod
    def _a_web_address(cls, url: str) -> str:
        if url and not url.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return url

    @model_validator(mode="after")
    def _one_way(self) -> "_Server":
        if bool(self.command) == bool(self.url):
            raise ValueError('needs either "command" or "url"')
        if self.type == "sse":
            raise ValueError("the old SSE transport is not supported; use the server's streamable HTTP address")
        return self


class _File(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, populate_by_name=False)
    servers: dict[str, _Server] = Field(alias="mcpServers")


def read_config(path: Path) -> tuple[ServerConfig, ...]:
    """SettingsInvalid with one line for each problem; a line never holds a value, because values may be secret."""
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
        file = _File.model_validate(given)
    except OSError as error:
        raise SettingsInvalid(
            [f"{VARIABLE}: {path} cannot be read ({error.strerror or type(error).__name__})"]
        ) from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise SettingsInvalid([f"{VARIABLE}: {path} is no JSON: {error.msg} at {where}"]) from None
    except UnicodeDecodeError:
        raise SettingsInvalid([f"{VARIABLE}: {path} is no text in UTF-8"]) from None
    except ValidationError as error:
        raise SettingsInvalid([f"{VARIABLE}: {path}: {line}" for line in _lines(error)]) from None
    return tuple(_server(name, server) for name, server in file.servers.items() if not server.disabled)


def _lines(error: ValidationError) -> list[str]:
    """Where and what, without the input."""
    told = error.errors(include_url=False, include_input=False, include_context=False)
    return [f"{'.'.join(str(step) for step in one['loc']) or 'the file'}: {_plain(one['msg'])}" for one in told]


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ")


def _server(name: str, given: _Server) -> ServerConfig:
    return ServerConfig(
        name=name,
        command=given.command,
        args=tuple(given.args),
        env=given.env,
        cwd=given.cwd,
        url=given.url,
        headers=given.headers,
        workspaces=frozenset(given.allow.workspaces),
        channels=frozenset(given.allow.channels),
        people=frozenset(given.allow.people),
        tools=frozenset(given.tools),
        trusted=frozenset(given.trusted),
        timeout_s=given.timeout_s,
    )
