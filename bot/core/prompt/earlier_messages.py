"""`read_earlier` reads the messages of a thread that no turn has yet: all of them in a new thread, and later what
people wrote to each other, or while the bot was quiet. They are read once and become a part of the next turn.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from bot.core.files.budget import newest
from bot.core.ports import EarlierMessages, Workspace
from bot.core.thread.conversation import Conversation
from bot.core.thread.inbound import Inbound

# A ts before every message: the whole thread is unread.
WHOLE = "0"


async def read_earlier(workspace: Workspace, waiting: Sequence[Inbound], conversation: Conversation) -> EarlierMessages:
    """Return the unknown messages before the question, as many as one turn may have. The others are counted."""
    first, last = waiting[0], waiting[-1]
    if not _is_needed(first, conversation):
        return EarlierMessages(missed_since=carried(first, conversation))
    since = max(conversation.unread_since, conversation.since_ts, key=_time)
    if _time(since) >= _time(last.ts):
        return EarlierMessages()  # an older message is asked again, and all before it is known
    earlier = await workspace.thread(last, since)
    known = {message.ts for message in waiting} | _known(conversation)
    # The bot's own messages since the first turn are answers, which the turns have, or apologies, which are not needed.
    first_turn = _begin(conversation)
    new = [
        message
        for message in earlier.messages
        if message.ts not in known and not (message.by_bot and _time(message.ts) > first_turn)
    ]
    kept, left_out = newest(new, has_root=conversation.is_new)
    return replace(earlier, messages=kept, left_out=earlier.left_out + left_out)


def carried(first: Inbound, conversation: Conversation) -> str:
    """Return the ts since which the thread stays unread, when this turn does not read it; "" when nothing is unread."""
    if conversation.is_behind:
        return conversation.unread_since
    if not first.is_reply or _tells_thread(first):
        return ""
    if conversation.is_new:
        return WHOLE
    # In direct messages only the person writes, and each message is a turn.
    return "" if first.place == "dm" else conversation.unread_since


def _is_needed(first: Inbound, conversation: Conversation) -> bool:
    if not first.is_reply or first.order or first.brief:
        return False  # a new thread has no earlier messages; a button or an ordered summary does not need them
    return conversation.is_new or conversation.is_behind or first.place != "dm"


def _tells_thread(first: Inbound) -> bool:
    """Return whether the message orders a summary of this very thread."""
    return first.brief is not None and any(span.root_ts == first.root_ts for span in first.brief.spans)


def _known(conversation: Conversation) -> set[str]:
    """Return the ts of all messages that a turn has."""
    said = {said.ts for turn in conversation.turns for said in turn.said}
    return said | {ts for turn in conversation.turns for ts in turn.reply_ts}


def _begin(conversation: Conversation) -> float:
    return min((_time(said.ts) for turn in conversation.turns for said in turn.said), default=math.inf)


def _time(ts: str) -> float:
    return float(ts or 0)
