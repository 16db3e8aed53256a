"""Whatever the text and however Slack fails, what is visible in the end is the model's text, in order, once."""

import asyncio
import re
from collections.abc import Mapping

import aiohttp
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.core.reply import Footer
from bot.core.thread.checkpoint import Checkpoint
from bot.core.thread.inbound import Inbound, ThreadId
from bot.core.thread.lease import Lease
from bot.playground.server import LocalSlack
from bot.slack.app import reading_client, writing_client
from bot.slack.gateway import Gateway
from bot.slack.read.history import History
from bot.slack.reply.replies import SlackReplies
from tests.checks import PATIENCE_S, bot_messages, visible_text
from tests.hurry import hurry

METHODS = ("chat.startStream", "chat.appendStream", "chat.stopStream", "chat.postMessage", "chat.update", "chat.delete")
EFFECTS: tuple[dict[str, object], ...] = (
    {"status": 500},
    {"status": 503, "is_after": True},
    {"drop_connection": True},
    {"drop_connection": True, "is_after": True},
    {"retry_after": 0},
    {"error": "internal_error", "is_after": True},
)
REFUSALS = (
    ("chat.startStream", "unknown_method"),
    ("chat.startStream", "missing_recipient_team_id"),
    ("chat.stopStream", "invalid_blocks"),
    ("chat.update", "block_mismatch"),
    ("chat.postMessage", "invalid_blocks"),
)
words = st.text(alphabet="abcdefgh ÄΩ你好🎉.,:;!?()-", min_size=1, max_size=80)
lines = st.one_of(
    words,
    words.map(lambda text: f"- {text}"),
    words.map(lambda text: f"## {text}"),
    words.map(lambda text: f"```python\n{text}\n\n{text}\n```"),
    st.just("| a | b |\n|---|---|\n| 1 | 2 |"),
    st.just("lorem ipsum dolor " * 120),
    st.just(""),
)
texts = st.lists(lines, min_size=1, max_size=25).map(lambda parts: "start " + "\n".join(parts) + " end")
faults = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(METHODS), st.sampled_from(EFFECTS)),
        st.sampled_from(REFUSALS).map(lambda refusal: (refusal[0], {"error": refusal[1]})),
    ),
    max_size=4,
)
MOST_PIECES = 400


class Held:
    """A fence that nobody takes away."""

    async def holds(self, thread: ThreadId, fence: int) -> bool:
        return True

    async def record(self, thread: ThreadId, fence: int, progress: Checkpoint) -> bool:
        return True


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


def seen(text: str) -> str:
    """The text without white space, and without the fences that are closed and opened again at a cut."""
    return re.sub(r"python|[-#|*`]", "", re.sub(r"\s", "", text))


@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(text=texts, chunk=st.integers(1, 400), failures=faults, life_s=st.sampled_from([300.0, 0.02]))
def test_the_visible_text_is_the_models_text_once_in_order(
    text: str, chunk: int, failures: list[tuple[str, dict[str, object]]], life_s: float
) -> None:
    shown = asyncio.run(_delivered(text, chunk, failures, life_s))
    assert seen(shown) == seen(text)


async def _delivered(text: str, chunk: int, failures: list[tuple[str, dict[str, object]]], life_s: float) -> str:
    slack = LocalSlack(enforce_rates=False, stream_life_s=life_s)
    async with slack.serve(), aiohttp.ClientSession() as session:
        asked = slack.people.post("Ana", "#general", "@glm go")
        ana = slack.workspace.user("Ana").id
        team = slack.workspace.team.id
        question = Inbound(team, asked.channel, asked.ts, asked.ts, ana, team, "channel", "go")
        history = History(reading_client(slack.bot_token, slack.api_url, session), slack.workspace.bot.id)
        replies = SlackReplies(Gateway(writing_client(slack.bot_token, slack.api_url, session)), history)
        for method, effect in failures:
            # Slack refuses blocks only where there are some.
            slack.faults.add(method, **effect, when=_has_blocks if effect.get("error") == "invalid_blocks" else None)
        async with (
            asyncio.timeout(PATIENCE_S),
            replies.open(question, Lease(Held(), question.thread, 1), frozenset()) as one,
        ):
            step = max(chunk, len(text) // MOST_PIECES)
            for start in range(0, len(text), step):
                one.write(text[start : start + step])
                await asyncio.sleep(0.001)
            await one.finish(Footer(lines=("Read: nothing",)))
        messages = bot_messages(slack, asked.channel, asked.ts)
        assert all(message.streaming_state != "in_progress" for message in messages)
        # An answer of many messages comes as a file too.
        texts = [visible_text(message) for message in messages if not message.files]
        return "\n".join(texts).replace("Read: nothing", "")


def _has_blocks(args: Mapping[str, object]) -> bool:
    return bool(args.get("blocks"))
