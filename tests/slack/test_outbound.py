"""Nothing that leaves for Slack pings somebody, but for whom we mean; whichever way it leaves."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_bolt.request.async_request import AsyncBoltRequest

import bot
import handlers
from bot.playground.api.response_urls import new_response_url
from bot.playground.workspace.records import ResponseUrl
from bot.slack.app import build_app, who_am_i
from bot.slack.outbound import Mentioning, safe_call
from bot.slack.response_urls import ResponseUrls
from tests.cost import EVENLY, growth
from tests.pings import HOSTILE, PING, pings, strings
from tests.slack.serving import running_slack

words = st.one_of(st.sampled_from(HOSTILE), st.text(alphabet="<>!@#|^ aU1\n&;", max_size=30))
NAMES = "text blocks elements title label alt_text status markdown_text initial_comment options placeholder fields"
names = st.sampled_from([*NAMES.split(), "view", "chunks", "caption", "rows", "message", "hint", "anything"])
kinds = st.sampled_from(["mrkdwn", "plain_text", "markdown", "link", "text", "raw_text", "broadcast", "user", "button"])
tree = st.recursive(
    words,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(names, inner, max_size=4),
        st.fixed_dictionaries({"type": kinds, "text": inner, "url": st.just("https://a.example")}),
    ),
    max_leaves=12,
)


def left(value: Any) -> list[tuple[str, str]]:
    return [(place, one) for place, one in strings(value) if PING.search(one)]


@given(st.dictionaries(names, tree, max_size=5), st.sampled_from(["chat.postMessage", "views.open", "anything.new"]))
def test_no_call_pings_whatever_it_carries(arguments: dict[str, Any], method: str) -> None:
    assert left(safe_call(method, arguments)) == []


@given(st.dictionaries(names, tree, max_size=5))
def test_what_is_safe_stays_as_it_is(arguments: dict[str, Any]) -> None:
    once = safe_call("views.open", arguments)
    assert safe_call("views.open", once) == once


@pytest.mark.parametrize("name", ["text", "markdown_text", "markdown", "initial_comment", "status"])
@pytest.mark.parametrize("ping", ["<!channel>", "< !channel>", "<\n@U1>", "<! here>", "<@ U1 |ann>"])
def test_blanks_make_no_mention_harmless(ping: str, name: str) -> None:
    assert left(safe_call("chat.postMessage", {name: f"hello {ping}!"})) == []


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_the_sdk_sends_as_json_is_looked_into(hostile: str) -> None:
    sent = safe_call("files.completeUploadExternal", {"files": json.dumps([{"id": "F1", "title": hostile}])})
    assert left(sent) == []
    assert json.loads(sent["files"])[0]["id"] == "F1"


def test_who_is_meant_is_called_and_nobody_else() -> None:
    said = Mentioning("<@U1> asks: hello <@U2> <!channel>", "U1")
    assert safe_call("chat.postMessage", {"text": said})["text"] == "<@U1> asks: hello &lt;@U2&gt; &lt;!channel&gt;"
    assert safe_call("chat.postMessage", {"text": str(said)})["text"].startswith("&lt;@U1&gt;")


@pytest.mark.parametrize(
    "words", ["a < b > c", "<https://a.example|docs>", "<#C1|general>", "<!DOCTYPE html>", "<!-- -->"]
)
def test_other_signs_and_our_own_markup_stay(words: str) -> None:
    assert safe_call("chat.postMessage", {"text": words, "blocks": []})["text"] == words
    section = {"type": "section", "text": {"type": "mrkdwn", "text": words}}
    assert safe_call("views.open", {"view": {"blocks": [section]}})["view"]["blocks"] == [section]


def test_what_comes_back_to_us_or_is_copied_stays_as_it_is() -> None:
    field = {"type": "plain_text_input", "initial_value": "Say <!here>."}
    view = {"private_metadata": '{"a":"<!here>"}', "blocks": [{"element": field}, {"value": "<!here>.pdf#7"}]}
    assert safe_call("views.open", {"view": view})["view"] == view


@pytest.mark.parametrize("kind", ["plain_text", "raw_text", "text"])
def test_plain_words_stay_readable_and_as_long_as_they_were(kind: str) -> None:
    (shown,) = safe_call("chat.update", {"blocks": [{"type": kind, "text": HOSTILE[0]}]})["blocks"]
    assert len(shown["text"]) == len(HOSTILE[0])
    assert "!channel> Free prize" in shown["text"]


def test_text_does_not_outgrow_an_edit() -> None:
    words = "<!here>" * 500
    assert len(safe_call("chat.update", {"text": words})["text"]) <= len(words)


def test_a_ping_in_two_pieces_of_a_stream_is_none() -> None:
    pieces = ["say <", "!channel> and <!chan", "nel> and <@U0BEN", "0000> "]
    shown = [safe_call("chat.appendStream", {"markdown_text": piece})["markdown_text"] for piece in pieces]
    assert not PING.search("".join(shown))


def test_elements_that_are_mentions_become_words() -> None:
    elements = [{"type": "broadcast", "range": "channel"}, {"type": "user", "user_id": "U1"}]
    shown = safe_call("chat.postMessage", {"blocks": [{"type": "rich_text_section", "elements": elements}]})
    assert shown["blocks"][0]["elements"] == [{"type": "text", "text": "@channel"}, {"type": "text", "text": "@U1"}]


def test_a_person_who_is_meant_is_an_element_all_the_same() -> None:
    meant = {"type": "user", "user_id": Mentioning("U1", "U1")}
    shown = safe_call("chat.postMessage", {"blocks": [{"type": "rich_text_section", "elements": [meant]}]})
    assert shown["blocks"][0]["elements"] == [{"type": "user", "user_id": "U1"}]


def test_a_time_stays_and_a_time_that_leads_elsewhere_does_not() -> None:
    time = "<!date^1766458000^{date_short_pretty} {time}|Dec 23>"
    assert safe_call("chat.postMessage", {"text": time})["text"] == time
    away = "<!date^1766458000^{date}^https://evil.example|Dec 23>"
    assert "<!date" not in safe_call("chat.postMessage", {"text": away})["text"]


def test_a_canvas_calls_nobody() -> None:
    content = {"type": "markdown", "markdown": "hello ![](@U0BEN0000) and ![x](  @U0BEN0000)"}
    sent = safe_call("canvases.create", {"document_content": content})
    assert not re.search(r"\]\(\s*@", sent["document_content"]["markdown"])


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.scheduleMessage", "chat.update", "response_url"])
def test_no_previews_whoever_asks(method: str) -> None:
    sent = safe_call(method, {"text": "https://a.example", "unfurl_links": True, "unfurl_media": True})
    assert (sent["unfurl_links"], sent["unfurl_media"]) == (False, False)


def test_a_comment_shows_no_link_that_slack_would_open() -> None:
    words = "see https://evil.example/a, www.evil.example and evil.example/b, in p.pdf, notes.md and table-1.csv"
    sent = safe_call("files.completeUploadExternal", {"initial_comment": words})["initial_comment"]
    assert "://" not in sent
    assert "evil.example" not in sent
    assert sent.endswith("in p.pdf, notes.md and table-1.csv")


@pytest.mark.parametrize(
    "pattern",
    [
        "<",
        "<!",
        "<@",
        "<!a|",
        "<!a^",
        "<!channel>",
        "[",
        "](",
        "[bank.example](https://e.example)",
        "<https://a.example|b.example>",
        "```\n",
        "a.",
    ],
)
@pytest.mark.parametrize("name", ["text", "markdown_text", "markdown", "initial_comment", "status"])
def test_its_cost_grows_as_the_text_does(pattern: str, name: str) -> None:
    assert growth(lambda size: safe_call("chat.postMessage", {name: (pattern * size)[:size]}), 5_000) < EVENLY


async def test_every_method_of_the_client_passes_the_gate() -> None:
    """By the SDK's own ways: some send JSON, some a query, some JSON in a query."""
    async with running_slack() as (slack, _, writing):
        client: Any = writing
        channel, hostile = slack.workspace.channel("#general").id, HOSTILE[0]
        section = {"type": "section", "text": {"type": "mrkdwn", "text": hostile}}
        ts = (await client.chat_postMessage(channel=channel, text=hostile, blocks=[section])).data["ts"]
        await client.chat_update(
            channel=channel, ts=ts, text=hostile, attachments=[{"text": hostile, "title": hostile}]
        )
        await client.chat_postEphemeral(channel=channel, user=slack.workspace.user("Ana").id, text=hostile)
        await client.files_upload_v2(
            channel=channel, filename=hostile, title=hostile, alt_txt=hostile, content=b"x", initial_comment=hostile
        )
        await client.assistant_threads_setStatus(
            channel_id=channel, thread_ts=ts, status=hostile, loading_messages=[hostile]
        )
        await client.assistant_threads_setTitle(channel_id=channel, thread_ts=ts, title=hostile)
        await client.agents_sessions_rename(channel_id=channel, thread_ts=ts, title=hostile)
        view = {
            "type": "home",
            "blocks": [section, {"type": "header", "text": {"type": "plain_text", "text": hostile}}],
        }
        await client.views_publish(user_id=slack.workspace.user("Ana").id, view=view)
        ana = {"recipient_user_id": slack.workspace.user("Ana").id, "recipient_team_id": slack.workspace.team.id}
        stream = (await client.chat_startStream(channel=channel, thread_ts=ts, markdown_text=hostile, **ana)).data["ts"]
        task = {"type": "task_update", "id": "1", "title": hostile, "status": "complete", "output": hostile}
        await client.chat_appendStream(channel=channel, ts=stream, chunks=[task])
        await client.chat_stopStream(channel=channel, ts=stream, blocks=[section])
        assert len(slack.calls) >= 12
        assert pings(slack) == []
        assert any("Free prize" in str(call.args) for call in slack.calls)


async def test_what_bolt_gives_to_a_listener_passes_it_too() -> None:
    async with running_slack() as (slack, _, client):
        app = build_app(client, await who_am_i(client), None)
        ana, channel = slack.workspace.user("Ana").id, slack.workspace.channel("#general").id
        hostile = HOSTILE[0]

        @app.command("/try")
        async def tried(ack: Any, say: Any, respond: Any, client: Any) -> None:
            await client.chat_postMessage(channel=channel, text=hostile)
            await say(hostile)
            await respond(hostile)
            await respond({"text": hostile, "replace_original": False})
            await respond(hostile, [{"type": "section", "text": {"type": "mrkdwn", "text": hostile}}])
            await ack(hostile)

        address = new_response_url(slack, ResponseUrl(channel, ana, slack.time.now()))
        body = {
            "command": "/try",
            "user_id": ana,
            "team_id": slack.workspace.team.id,
            "channel_id": channel,
            "response_url": address,
        }
        answer = await app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))
        assert pings(slack) == []
        assert sum("Free prize" in str(call.args) for call in slack.calls) == 5
        assert not PING.search(answer.body)
        assert "Free prize" in answer.body


async def test_an_answer_at_an_address_passes_it() -> None:
    async with running_slack() as (slack, _, client):
        target = ResponseUrl(slack.workspace.channel("#general").id, slack.workspace.user("Ana").id, slack.time.now())
        await ResponseUrls(client).answer(new_response_url(slack, target), text=HOSTILE[0], blocks=[])
        (call,) = [call for call in slack.calls if call.method == "response_url"]
        assert pings(slack) == []
        assert call.args["unfurl_links"] is False


def test_nobody_else_speaks_to_slack() -> None:
    """A client or an address that is made elsewhere would go past the gate."""
    made = re.compile(r"\b(?:AsyncWebClient|AsyncWebhookClient|WebhookClient|AsyncRespond|AsyncSay|AsyncAck)\(")
    makers = [
        str(path.relative_to(Path(bot.__path__[0]).parent))
        for package in (bot, handlers)
        for path in Path(package.__path__[0]).rglob("*.py")
        if made.search(
            "".join(line for line in path.read_text().splitlines(keepends=True) if not line.startswith("class "))
        )
    ]
    assert makers == ["bot/slack/response_urls.py"]
