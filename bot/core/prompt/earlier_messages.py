"""What was said in a thread that its turns do not know of yet: all of it in a thread never seen, and later what people
said to each other, or while the bot was quiet. Read once, before the next question, and then a part of its turn.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from bot.core.files.budget import newest
from bot.core.ports import EarlierMessages, Workspace
from bot.core.thread.conversation import Conversation
from bot.core.thread.inbound import Inbound

# As a ts: from the root on.
WHOLE = "0"


async def read_earlier(workspace: Workspace, waiting: Sequence[Inbound], conversation: Conversation) -> EarlierMessages:
    """As much of it as is told at once; what is left out is counted."""
    first, last = waiting[0], waiting[-1]
    if not _is_needed(first, conversation):
        return EarlierMessages(missed_since=carried(first, conversation))
    since = max(conversation.unread_since, conversation.since_ts, key=_time)
    if _time(since) >= _time(last.ts):
        return EarlierMessages()  # an older message is asked again: what stands before it is known
    earlier = await workspace.thread(last, since)
    known = {message.ts for message in waiting} | _known(conversation)
    # Of our own messages what is no answer that is remembered, such as an apology, is not told as one either.
    ours_since = _begin(conversation)
    new = [one for one in earlier.heard if one.ts not in known and not (one.by_bot and _time(one.ts) > ours_since)]
    told, left_out = newest(new, has_root=conversation.is_new)
    return replace(earlier, heard=told, left_out=earlier.left_out + left_out)


def carried(first: Inbound, conversation: Conversation) -> str:
    """Since when the thread is unread after a turn that did not read it; empty where nothing is."""
    if conversation.is_behind:
        return conversation.unread_since
    if not first.is_reply or _tells_thread(first):
        return ""
    if conversation.is_new:
        return WHOLE
    # In direct messages nobody speaks but the person, and each of their words is a turn.
    return "" if first.place == "dm" else conversation.unread_since


def _is_needed(first: Inbound, conversation: Conversation) -> bool:
    if not first.is_reply or first.order or first.brief:
        return False  # the beginning of a thread; or a button or a summary, which is about something else
    return conversation.is_new or conversation.is_behind or first.place != "dm"


def _tells_thread(first: Inbound) -> bool:
    """A summary of this very thread."""
    return first.brief is not None and any(span.root_ts == first.root_ts for span in first.brief.spans)


def _known(conversation: Conversation) -> set[str]:
    """What is told in a turn already."""
    said = {said.ts for turn in conversation.turns for said in turn.said}
    return said | {ts for turn in conversation.turns for ts in turn.reply_ts}


def _begin(conversation: Conversation) -> float:
    return min((_time(said.ts) for turn in conversation.turns for said in turn.said), default=math.inf)


def _time(ts: str) -> float:
    return float(ts or 0)
