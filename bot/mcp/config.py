"""Reads the file named by MCP_CONFIG: which MCP servers there are, and where they may be used.

`{"mcpServers": {name: {"command", "args", "env", "cwd"} or {"url", "headers"}}}` as in other programs. For each server
these keys are optional: `"allow": {"workspaces": […], "channels": […], "people": ["guests", "external"]}`,
`"tools": […]`, `"trusted": […]` and `"timeout_s"`. When tools in `trusted` say that they only read, this is believed
even after foreign content was read. Without `people`, only members of the workspace may use a server;
`"allow": ["guests"]` is short for an `allow` that has only `people`.
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
# The file's word for each standing. Nobody can allow people of whom nothing is known.
_ADMITTED: Mapping[Standing, str] = {"member": "", "guest": "guests", "external": "external"}


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """One server: a `command` to start, or a `url`. Empty `workspaces`, `channels` and `tools` allow all.

    `trusted` are tools that run without a question when they say that they only read; `people` are those who may use
    the server besides the members of the workspace.
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
    # Unknown keys are errors: a misspelt one would open what should be closed.
    model_config = ConfigDict(extra="forbid", strict=True)
    workspaces: list[str] = Field(default_factory=list)
    channels: list[str] = Field(default_factory=list)
    people: list[People] = Field(default_factory=list)

    @model_validator(mode="before")
    @classmethod
    def _short_for_people(cls, given: Any) -> Any:
        return {"people": given} if isinstance(given, list) else given


class _Server(BaseModel):
    # Unknown keys are ignored: other programs put their own keys here.
    model_config = ConfigDict(extra="ignore", strict=True)
    command: str = ""
    args: list[str] = Field(default_factory=list)
    env: dict[str, str] = Field(default_factory=dict)
    cwd: str | None = None
    url: str = ""
    headers: dict[str, str] = Field(default_factory=dict)
    type: str = ""
    disabled: bool = False  # a key that several programs write
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
    """Return the servers. Raises SettingsInvalid with one line per problem, and never a value, which may be secret."""
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
    """Return one line for each error: where it is and what is wrong, without the input."""
    problems = error.errors(include_url=False, include_input=False, include_context=False)
    return [
        f"{'.'.join(map(str, problem['loc'])) or 'the file'}: {problem['msg'].removeprefix('Value error, ')}"
        for problem in problems
    ]


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
