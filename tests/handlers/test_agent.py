"""Around a conversation with the agent: the native Stop button, titles, and what a person looks at meanwhile."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.core.prompt.view_context import ViewContext
from bot.core.thread.inbound import ThreadId
from bot.errors import StateError
from bot.glm.offline.reply import OfflinePace, Reply
from bot.playground.server import LocalSlack
from bot.slack.app import Identity, build_app
from bot.slack.gateway import Gateway
from bot.slack.read.history import History
from bot.slack.reply.footer import CONTINUE
from bot.slack.reply.suggested_prompts import SuggestedPrompts
from bot.store.threads.titles import TitleMarks
from handlers import agent, lifecycle
from handlers.agent import AgentView
from handlers.dependencies import Dependencies
from handlers.follow_up import FollowUps
from tests.checks import bot_messages, visible_text, wait_for
from tests.handlers.following import Kept, following
from tests.replay.load import ANA, BOT, TEAM, payload
from tests.slack.serving import running_slack
from tests.stage import stage

WORDS = " ".join(f"word{i}" for i in range(200))


async def test_stop_ends_the_answer_keeps_it_and_offers_to_go_on(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text=WORDS)], pace=OfflinePace(0.01, 50.0)) as on:
        asked = on.slack.people.post("Ana", "@glm", "go on")

        def shown() -> str:
            return "".join(visible_text(one) for one in bot_messages(on.slack, asked.channel, asked.ts))

        await wait_for(lambda: "word1" in shown())
        on.slack.people.press_stop("Ana", asked.channel, asked.ts)
        await on.answers(asked.channel, asked.ts)
        await wait_for(lambda: "Stopped." in shown())
        assert on.model.departures == 1
        (answer,) = bot_messages(on.slack, asked.channel, asked.ts)
        assert CONTINUE in str(answer.blocks)


async def test_stop_where_nothing_runs_is_only_acknowledged(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="One.")]) as on:
        asked = on.slack.people.post("Ana", "@glm", "hello")
        await on.answers(asked.channel, asked.ts)
        on.slack.people.press_stop("Ana", asked.channel, asked.ts)
        await on.settled()
        stops = [one for one in on.slack.deliveries.log if one.event.get("type") == "agent_session_stopped"]
        assert [one.is_acknowledged for one in stops] == [True]
        assert [visible_text(one).split("\n")[0] for one in bot_messages(on.slack, asked.channel)] == ["One."]


# -- what a person looks at, and the titles they give ---------------------------------------------------------------


@dataclass
class Marks:
    theirs: list[ThreadId] = field(default_factory=list)
    is_away: bool = False

    async def given(self, thread: ThreadId) -> None:
        if self.is_away:
            raise StateError("away")
        self.theirs.append(thread)


@dataclass
class Views:
    noted: list[tuple[str, ViewContext | None]] = field(default_factory=list)
    is_away: bool = False

    async def note(self, team: str, user: str, looking: ViewContext | None) -> bool:
        if self.is_away:
            raise StateError("away")
        self.noted.append((user, looking))
        return True

    async def of(self, team: str, user: str) -> ViewContext | None:
        return None


@dataclass
class View:
    """The listeners by themselves, before the local Slack."""

    slack: LocalSlack
    app: AsyncApp
    marks: Marks
    views: Views
    kept: Kept
    follow_ups: FollowUps
    heard: list[str] = field(default_factory=list)

    async def tell(self, name: str, **changes: Any) -> int:
        """A recorded event, changed; the status Slack gets for it."""
        body = payload(name)
        body["event"].update(changes)
        request = AsyncBoltRequest(body=body, mode="socket_mode")
        status = (await self.app.async_dispatch(request)).status
        await self.kept.carry_out(self.follow_ups)
        return status


@pytest.fixture
async def view() -> AsyncIterator[View]:
    async with running_slack() as (slack, reader, writer):
        marks, views, heard = Marks(), Views(), list[str]()
        app = build_app(reader, Identity(TEAM, None, BOT, "B1", "glm"), None)
        prompts = SuggestedPrompts(Gateway(writer), History(reader, BOT), views)

        kept = Kept()
        follow_ups, replies = following(kept, Gateway(writer), History(reader, BOT), writer)
        deps = cast("Dependencies", SimpleNamespace(follow_ups=follow_ups, replies=replies))
        agent.register(app, deps, AgentView(prompts, cast("TitleMarks", marks)))

        @app.event("message")
        async def wrote(event: dict[str, Any]) -> None:
            heard.append(str(event["text"]))

        lifecycle.register(app, deps)
        yield View(slack, app, marks, views, kept, follow_ups, heard)


THREAD = ThreadId(TEAM, "D00000ANA", "1782234671.392669")


async def test_a_title_that_a_person_gave_is_remembered(view: View) -> None:
    assert await view.tell("agent_session_title_changed") == 200
    assert view.marks.theirs == [THREAD]


@pytest.mark.parametrize("user", [BOT, "", None])
async def test_a_title_that_we_gave_is_not_a_person_s(view: View, user: str | None) -> None:
    assert await view.tell("agent_session_title_changed", user=user) == 200
    assert view.marks.theirs == []


async def test_looking_at_something_else_is_noted_and_offered(view: View) -> None:
    dm = view.slack.workspace.dm(view.slack.workspace.user("Ana").id).id
    room = view.slack.workspace.channel("#general").id
    context = {"entities": [{"type": "slack#/types/channel_id", "value": room}]}
    assert await view.tell("app_context_changed", channel=dm, context=context) == 200
    assert view.views.noted == [(ANA, ViewContext(room))]
    (shown,) = view.slack.workspace.prompts.values()
    assert shown["prompts"][0]["title"] == "Summarise #general"


async def test_messages_and_opening_the_messages_tell_of_it_by_the_way(view: View) -> None:
    context = {"entities": [{"type": "slack#/types/channel_id", "value": "C9"}]}
    assert await view.tell("dm", app_context=context) == 200
    assert await view.tell("app_home_opened", context=context) == 200
    assert view.views.noted == [(ANA, ViewContext("C9")), (ANA, ViewContext("C9"))]
    assert len(view.heard) == 1
    assert await view.tell("dm", app_context=None) == 200
    assert len(view.views.noted) == 2, "a message that tells nothing of it leaves it as it was"


async def test_nothing_of_this_fails_an_event(view: View) -> None:
    view.marks.is_away = view.views.is_away = True
    view.slack.faults.add("assistant.threads.setSuggestedPrompts", error="not_agent_app", times=9)
    context = {"entities": "?"}
    told = [
        await view.tell("agent_session_title_changed"),
        await view.tell("app_context_changed"),
        await view.tell("app_context_changed", context=context),
        await view.tell("dm", app_context={"entities": [{"type": "slack#/types/channel_id", "value": "C9"}]}),
    ]
    assert told == [200] * 4
    assert len(view.heard) == 1
