import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.server import LocalSlack
from bot.playground.workspace.clock import ManualClock
from bot.playground.workspace.records import Json, Message
from tests import checks
from tests.playground.conftest import Receiver, error_of


@pytest.fixture
def asked(slack: LocalSlack) -> Message:
    return slack.people.post("Ana", "@glm", "hi")


def place(asked: Message) -> Json:
    return {"channel_id": asked.channel, "thread_ts": asked.ts}


async def test_a_session_is_made_with_its_title(slack: LocalSlack, client: AsyncWebClient, asked: Message) -> None:
    first = await client.agents_sessions_setStatus(**place(asked), status="processing", title="Trip: Bora")
    assert (first["status"], first["agent_status"], first["title"]) == ("processing", "processing", "Trip_ Bora")
    again = await client.agents_sessions_setStatus(**place(asked), status="active", title="Another")
    assert again["title"] == "Trip_ Bora"
    slack.events.discard("agent_session_stopped")
    warned = await client.agents_sessions_setStatus(**place(asked), status="active")
    assert warned["response_metadata"]["warnings"] == ["missing_agent_session_stopped_event_subscription"]


@pytest.mark.parametrize("status", ["", "is thinking", "done"])
async def test_free_text_is_no_session_status(client: AsyncWebClient, asked: Message, status: str) -> None:
    assert await error_of(client.agents_sessions_setStatus(**place(asked), status=status)) == "invalid_arguments"


async def test_renaming_needs_a_session(
    slack: LocalSlack, client: AsyncWebClient, asked: Message, receiver: Receiver
) -> None:
    assert await error_of(client.agents_sessions_rename(**place(asked), title="x")) == "session_not_found"
    await client.agents_sessions_setStatus(**place(asked), status="active")
    assert await error_of(client.agents_sessions_rename(**place(asked), title="x" * 201)) == "invalid_arguments"
    await client.agents_sessions_rename(**place(asked), title="Bora Bora")
    assert slack.workspace.sessions[asked.channel, asked.ts].title == "Bora Bora"
    await checks.wait_for(lambda: slack.deliveries.is_idle)
    event = slack.deliveries.log[-1].event
    assert (event["type"], event["title"], event["previous_title"]) == ("agent_session_title_changed", "Bora Bora", "")


async def test_only_apps_declared_as_agents(slack: LocalSlack, client: AsyncWebClient, asked: Message) -> None:
    slack.is_agent = False
    assert await error_of(client.agents_sessions_setStatus(**place(asked), status="active")) == "not_authorized"
    prompts = [{"title": "a", "message": "b"}]
    call = client.assistant_threads_setSuggestedPrompts(channel_id=asked.channel, prompts=prompts)
    assert await error_of(call) == "not_agent_app"


async def test_a_thread_is_needed(client: AsyncWebClient, asked: Message) -> None:
    call = client.agents_sessions_setStatus(channel_id=asked.channel, status="active")
    assert await error_of(call) == "thread_ts_required"


async def test_a_post_ends_the_free_text_status(slack: LocalSlack, client: AsyncWebClient, asked: Message) -> None:
    status: Json = {"status": "is reading…", "loading_messages": ["page 1"]}
    await client.assistant_threads_setStatus(**place(asked), **status)
    session = slack.workspace.sessions[asked.channel, asked.ts]
    assert (session.status_text, session.status) == ("is reading…", "processing")
    await client.chat_postMessage(channel=asked.channel, thread_ts=asked.ts, text="done")
    assert (session.status_text, session.status) == ("", "active")
    many = client.assistant_threads_setStatus(**place(asked), status="x", loading_messages=["y"] * 11)
    assert await error_of(many) == "invalid_arguments"
    lost = client.assistant_threads_setStatus(channel_id=asked.channel, thread_ts="1.000001", status="x")
    assert await error_of(lost) == "invalid_thread_ts"


async def test_processing_ends_after_an_hour(
    slack: LocalSlack, client: AsyncWebClient, asked: Message, clock: ManualClock
) -> None:
    await client.agents_sessions_setStatus(**place(asked), status="processing")
    clock.advance(3599)
    slack.expire()
    session = slack.workspace.sessions[asked.channel, asked.ts]
    assert session.status == "processing"
    clock.advance(1)
    slack.expire()
    assert session.status == "active"


async def test_titles_and_prompts(slack: LocalSlack, client: AsyncWebClient, asked: Message) -> None:
    await client.assistant_threads_setTitle(**place(asked), title="A talk")
    assert slack.workspace.sessions[asked.channel, asked.ts].title == "A talk"
    prompts = [{"title": "Sum up", "message": "Sum this up"}]
    await client.assistant_threads_setSuggestedPrompts(channel_id=asked.channel, prompts=prompts)
    assert slack.workspace.prompts[asked.channel, ""]["prompts"] == prompts
    call = client.assistant_threads_setSuggestedPrompts(channel_id=asked.channel, prompts=prompts * 5)
    assert await error_of(call) == "invalid_arguments"


async def test_search_needs_the_action_token_of_a_message(
    slack: LocalSlack, client: AsyncWebClient, asked: Message
) -> None:
    slack.scopes.add("search:read.public")
    slack.people.post("Ben", "#general", "the budget is fine")
    [*_, token] = slack.action_tokens
    search = {"query": "BUDGET", "action_token": token}
    found = await client.api_call("assistant.search.context", json=search)
    assert [hit["content"] for hit in found["results"]["messages"]] == ["the budget is fine"]
    call = client.api_call("assistant.search.context", json=search | {"action_token": "x"})
    assert await error_of(call) == "invalid_action_token"
