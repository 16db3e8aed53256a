"""One question to a bot, and what its Slack saw come of it."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bench.running import Running
from bench.texts import FIRST_WORD, LAST_WORD
from bot.playground.app.installation import Call
from bot.playground.workspace.records import Message
from tests import checks

Door = Literal["mention", "dm"]
SETTLE_S = 0.4
SIGNS = frozenset({"assistant.threads.setStatus", "agents.sessions.setStatus", "chat.postMessage", "chat.startStream"})


@dataclass(frozen=True, slots=True)
class Turn:
    """Seconds since the message was posted; `calls` that reached Slack, refused ones too."""

    first_sign_s: float
    first_text_s: float
    total_s: float
    calls: Counter[str]


def ask(bot: Running, door: Door, wanted: str) -> Message:
    channel, mention = ("#general", "@glm ") if door == "mention" else ("@glm", "")
    return bot.slack.people.post("Ana", channel, mention + wanted)


def answer_shown(bot: Running, asked: Message) -> str:
    """All the bot wrote in the thread, one after the other."""
    messages = bot.slack.workspace.thread(asked.channel, asked.ts)
    return "\n".join(checks.visible_text(message) for message in messages if message.bot_id)


async def one_turn(bot: Running, door: Door, wanted: str, timeout_s: float = 60.0) -> Turn:
    seen = len(bot.slack.calls)
    began_s = bot.slack.time.now()
    asked = ask(bot, door, wanted)
    await checks.wait_for(lambda: LAST_WORD in answer_shown(bot, asked), timeout_s, f"the {bot.name} bot's answer")
    # What tidies up after the answer belongs to it.
    await asyncio.sleep(SETTLE_S)
    return read_turn(bot.slack.calls[seen:], began_s)


def read_turn(calls: Sequence[Call], began_s: float) -> Turn:
    """`calls` of one turn, in order. Total: the last of them that wrote text, or ended the stream."""
    signs = [call.at_s for call in calls if call.method in SIGNS and not call.error]
    texts = [call.at_s for call in calls if FIRST_WORD in str(call.args) and not call.error]
    writes = [call.at_s for call in calls if call.method.startswith("chat.")]
    return Turn(
        min(signs) - began_s, min(texts) - began_s, max(writes) - began_s, Counter(call.method for call in calls)
    )
