"""The file of servers: as other programs write it, with our keys, and every way it can be wrong."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.core.people.standing import Standing
from bot.errors import SettingsInvalid
from bot.mcp.config import ServerConfig, read_config


def written(folder: Path, servers: Any) -> Path:
    path = folder / "mcp.json"
    path.write_text(json.dumps({"mcpServers": servers}))
    return path


def problems(path: Path) -> list[str]:
    with pytest.raises(SettingsInvalid) as raised:
        read_config(path)
    return raised.value.problems


def test_a_usual_file_is_read_and_unknown_keys_of_other_programs_are_left_alone(tmp_path: Path) -> None:
    here = {"command": "npx", "args": ["-y", "files"], "env": {"A": "b"}, "autoApprove": ["x"], "disabled": False}
    there = {"type": "http", "url": "https://mcp.example/mcp", "headers": {"Authorization": "Bearer x"}}
    files, web = read_config(written(tmp_path, {"files": here, "web": there}))
    assert (files.name, files.command, files.args, files.env) == ("files", "npx", ("-y", "files"), {"A": "b"})
    assert (web.url, web.headers) == ("https://mcp.example/mcp", {"Authorization": "Bearer x"})
    assert files.timeout_s == 60.0
    assert files.is_allowed("T9", "C9", "member"), "without an allow-list it is allowed everywhere"


def test_a_server_that_is_switched_off_is_left_out(tmp_path: Path) -> None:
    (server,) = read_config(written(tmp_path, {"off": {"command": "x", "disabled": True}, "on": {"command": "x"}}))
    assert server.name == "on"


def test_an_allow_list_holds_for_workspaces_and_channels() -> None:
    server = ServerConfig("s", "s", workspaces=frozenset({"T1"}), channels=frozenset({"C1", "C2"}))
    assert server.is_allowed("T1", "C2", "member")
    assert not server.is_allowed("T1", "C3", "member")
    assert not server.is_allowed("T2", "C1", "member")


@pytest.mark.parametrize(
    ("allow", "admitted"),
    [
        ({}, {"member"}),
        ({"allow": ["guests", "external"]}, {"member", "guest", "external"}),
        ({"allow": {"people": ["external"]}}, {"member", "external"}),
        ({"allow": {"channels": ["C1"], "people": ["guests"]}}, {"member", "guest"}),
    ],
)
def test_a_server_is_there_for_members_unless_others_are_named(tmp_path: Path, allow: Any, admitted: set[str]) -> None:
    (server,) = read_config(written(tmp_path, {"s": {"command": "x", **allow}}))
    standings: tuple[Standing, ...] = ("member", "guest", "external", "unknown")
    assert {one for one in standings if server.is_allowed("T1", "C1", one)} == admitted
    is_restricted = "channels" in str(allow)
    assert server.is_allowed("T1", "C9", "member") is not is_restricted


def test_our_keys_are_read(tmp_path: Path) -> None:
    given = {"command": "x", "allow": {"workspaces": ["T1"], "channels": ["C1"]}, "tools": ["add"], "timeout_s": 5}
    given["trusted"] = ["add"]
    (server,) = read_config(written(tmp_path, {"s": given}))
    assert (server.workspaces, server.channels) == (frozenset({"T1"}), frozenset({"C1"}))
    assert (server.tools, server.trusted, server.timeout_s) == (frozenset({"add"}), frozenset({"add"}), 5.0)


@pytest.mark.parametrize(
    ("server", "told"),
    [
        ({}, 'needs either "command" or "url"'),
        ({"command": "a", "url": "https://b"}, 'needs either "command" or "url"'),
        ({"url": "ftp://b"}, "must begin with http:// or https://"),
        ({"url": "https://b", "type": "sse"}, "SSE transport is not supported"),
        ({"command": "a", "allow": {"channel": ["C1"]}}, "allow.channel: "),
        ({"command": "a", "allowed": {"channels": ["C1"]}}, "'allow' is"),
        ({"command": "a", "allow": ["guest"]}, "allow.people.0: "),
        ({"command": "a", "allow": {"people": ["everybody"]}}, "allow.people.0: "),
        ({"command": "a", "allow": "guests"}, "allow: "),
        ({"command": "a", "trust": ["x"]}, "'trusted' is"),
        ({"command": "a", "trusted": "all"}, "trusted: "),
        ({"command": "a", "timeout_s": 0}, "timeout_s: "),
        ({"command": ["a"]}, "command: "),
    ],
)
def test_a_wrong_server_is_one_line_that_says_where(tmp_path: Path, server: Any, told: str) -> None:
    (line,) = problems(written(tmp_path, {"mine": server}))
    assert line.startswith("MCP_CONFIG: ")
    assert "mcpServers.mine" in line
    assert told in line


def test_each_problem_has_its_line_and_none_holds_a_secret(tmp_path: Path) -> None:
    lines = problems(written(tmp_path, {"a": {"command": "x", "env": {"KEY": ["s3cret"]}}, "b": {"url": "s3cret"}}))
    assert len(lines) == 2
    assert "s3cret" not in "".join(lines)
    assert "s3cret" not in repr(ServerConfig("s", "x", env={"KEY": "s3cret"}, headers={"A": "s3cret"}))


def test_a_file_that_is_missing_or_no_json_is_told(tmp_path: Path) -> None:
    (line,) = problems(tmp_path / "none.json")
    assert "cannot be read (No such file or directory)" in line
    broken = tmp_path / "broken.json"
    broken.write_text('{"mcpServers": s3cret}')
    (line,) = problems(broken)
    assert "is no JSON" in line
    assert "line 1, column 16" in line
    assert "s3cret" not in line
    broken.write_bytes(b"\xff\xfe")
    assert "UTF-8" in problems(broken)[0]
    broken.write_text("[]")
    assert len(problems(broken)) == 1
