"""Other servers' tools that flood, hang, die or never start: each is a result, and the bot goes on."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.glm.offline.reply import Reply
from bot.playground.server import LocalSlack
from tests.e2e.acting import calling, post, results
from tests.e2e.tools import mcp_server
from tests.e2e.tools.test_approvals import notice_board, offered
from tests.stage import stage

ROUGH_SERVER = Path(__file__).parents[2] / "mcp" / "rough_server.py"
ROUGH = {
    "flood": ("endless", "more than 10 MB"),
    "chatter": ("chatter", "more than 10 MB"),
    "babble": ("babble", "no MCP messages"),
    "sleeper": ("hangs", "did not answer within"),
    "mortal": ("dies", "process ended"),
}


def config(folder: Path, **more: dict[str, Any]) -> Path:
    servers: dict[str, Any] = {
        name: {
            "command": sys.executable,
            "args": ["-S", str(ROUGH_SERVER), habit],
            "timeout_s": 1 if habit == "hangs" else 600,
        }
        for name, (habit, _) in ROUGH.items()
    }
    desk = {"command": sys.executable, "args": [mcp_server.__file__, str(folder / "board")], "trusted": ["lookup"]}
    servers["desk"] = desk
    path = folder / "mcp.json"
    path.write_text(json.dumps({"mcpServers": {**servers, **more}}))
    return path


async def test_servers_that_flood_hang_or_die_are_results_and_the_others_go_on(tmp_path: Path) -> None:
    rough: list[tuple[str, dict[str, Any]]] = [(f"{name}_go", {}) for name in ROUGH]
    script = [
        calling(*rough, ("desk_lookup", {"word": "tea"})),
        calling(("desk_lookup", {"word": "cup"}), first_id=20),
        Reply(text="Tea."),
        calling(("mortal_go", {}), ("desk_lookup", {"word": "pot"}), first_id=30),
        Reply(text="Pot."),
    ]
    absent = {"command": str(tmp_path / "nothing-here")}
    async with stage(tmp_path, script, mcp_config=config(tmp_path, absent=absent)) as on:
        asked = post(on, "ask them all")
        (answer,) = await on.answers(asked.channel, asked.ts)
        assert "Tea." in answer
        assert {f"{name}_go" for name in ROUGH} | {"desk_lookup", "zoom"} <= offered(on.asked(0))
        assert not any(name.startswith("absent") for name in offered(on.asked(0)))
        told = results(on.asked())
        for at, (name, (_, words)) in enumerate(ROUGH.items(), 1):
            assert words in told[f"call_{at}"], (name, told[f"call_{at}"])
            assert name in told[f"call_{at}"]
            assert len(told[f"call_{at}"]) < 500
        assert "tea:" in told["call_6"]
        assert "cup:" in told["call_20"]
        post(on, "and again", thread_ts=asked.ts)
        await on.answers(asked.channel, asked.ts, 2)
        assert "desk_lookup" in offered(on.asked(3))
        assert "pot:" in results(on.asked())["call_31"]


@pytest.mark.parametrize(
    ("who", "traits", "wanted"),
    [
        ("Ana", {}, {"ours", "guests", "all"}),
        ("Gus", {"is_restricted": True}, {"guests", "all"}),
        ("Eve", {"team": "T0OTHER00"}, {"all"}),
    ],
)
async def test_an_outsider_and_a_guest_neither_get_nor_approve_what_is_for_members(
    tmp_path: Path, who: str, traits: dict[str, Any], wanted: set[str]
) -> None:
    local = LocalSlack()
    if traits:
        local.workspace.add_user(who, **traits)
        local.workspace.join("#general", who)
    command = notice_board(tmp_path)
    servers = {
        "ours": {**command, "allow": {"channels": ["C0GENERAL"]}},
        "guests": {**command, "allow": ["guests"]},
        "all": {**command, "allow": {"people": ["guests", "external"]}},
    }
    path = tmp_path / "mcp.json"
    path.write_text(json.dumps({"mcpServers": servers}))
    # The model may name a tool that it was not offered.
    script = [Reply(text="Yes.")] if who == "Ana" else [calling(("ours_publish", {"words": "x"})), Reply(text="No.")]
    async with stage(tmp_path, script, slack=local, mcp_config=path, allow_guests=True, allow_external=True) as on:
        asked = on.slack.people.post(who, "#general", "@glm publish it")
        await on.answers(asked.channel, asked.ts)
        assert {name.partition("_")[0] for name in offered(on.asked())} & set(servers) == wanted
        assert not (tmp_path / "board").exists()


async def test_servers_are_offered_only_where_they_are_allowed(tmp_path: Path) -> None:
    local = LocalSlack()
    general = next(one.id for one in local.workspace.channels.values() if one.name == "general")
    command = notice_board(tmp_path)
    servers = {
        "everywhere": command,
        "elsewhere": {**command, "allow": {"workspaces": ["T0OTHER00"]}},
        "general": {**command, "allow": {"channels": [general]}},
    }
    path = tmp_path / "mcp.json"
    path.write_text(json.dumps({"mcpServers": servers}))
    async with stage(tmp_path, [Reply(text="Yes."), Reply(text="Yes.")], slack=local, mcp_config=path) as on:
        for channel, wanted in (("@glm", {"everywhere"}), ("#general", {"everywhere", "general"})):
            asked = post(on, "@glm what can you do?", channel=channel)
            await on.answers(asked.channel, asked.ts)
            names = {name.partition("_")[0] for name in offered(on.asked())}
            assert names & set(servers) == wanted
