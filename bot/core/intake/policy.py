"""Is this message for the bot? Pure decisions over what an event says and what is known of its thread."""

import re
from dataclasses import dataclass
from typing import Literal

from bot.core.people.preferences import Choice
from bot.core.thread.inbound import Place

ThreadFollowing = Literal["none", "on", "quiet"]
# What of a channel is heard: mentions alone, these and threads that are followed, or whatever is said to nobody else.
ChannelMode = Literal["quiet", "usual", "listens"]
# `answer_later`: the thread is being answered just now, and this comes next. `full_…`: there is no room for it, and its
# author is to be told; `full`: was told lately.
NoRoom = Literal["full_thread", "full_person", "full_workspace"]
Verdict = Literal["answer", "answer_later", "ignore", "stay_quiet", "stop", "full"] | NoRoom

# Everything else (joins, topics, edits, deletions …) is not something a person says to the bot.
SPOKEN_SUBTYPES = frozenset({"", "file_share", "thread_broadcast", "me_message"})
QUIET_WORDS = re.compile(
    r"^\W*(please\s+)?(stay|be|keep)\s+quiet([\s,]+please)?\W*$|^\W*(请)?(保持)?安静\W*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the decision needs of one event. `text` has the bot's own mention already cut out; `has_quote`: something
    was forwarded or pasted, which is no word of its author's, but says something. `bot_ids` are those of another bot
    that said it: of its app, its own and its user's.
    """

    place: Place
    subtype: str
    text: str
    has_files: bool
    from_bot: bool
    is_edit: bool
    is_reply: bool
    mentions_bot: bool
    mentions_others: bool
    has_quote: bool = False
    bot_ids: frozenset[str] = frozenset()


STOP_WORDS = re.compile(
    r"^\W*(please\s+)?stop(\s+(it|that|this|now|here|answering|writing))?([\s,]+please)?\W*$"
    r"|^\W*(请|快)?(停|停止|停下|停下来|停一下|停止回答|别说了)(吧|了)?\W*$",
    re.IGNORECASE,
)


def hearing_of(choice: Choice) -> ChannelMode:
    """What people have chosen for the channel; to be quiet goes over to listen."""
    return "quiet" if choice.quiet == "on" else "listens" if choice.listen == "on" else "usual"


def is_open(arrival: Arrival) -> bool:
    """Whether it depends on the channel and the thread if this is for the bot."""
    is_said = not arrival.from_bot and not arrival.is_edit and arrival.subtype in SPOKEN_SUBTYPES
    return is_said and arrival.place != "dm" and not arrival.mentions_bot and not arrival.mentions_others


def decide(
    arrival: Arrival, watch: ThreadFollowing, bots: frozenset[str] = frozenset(), hearing: ChannelMode = "usual"
) -> Verdict:
    """`watch` is what is known of the thread: never seen, followed, or followed at mentions only. `bots` are those
    that may mention this one; whatever else they say is not for it, nor do they give it orders.
    """
    if arrival.from_bot:
        is_listed = arrival.mentions_bot and not arrival.is_edit and bool(arrival.bot_ids & bots)
        return "answer" if is_listed and arrival.subtype in SPOKEN_SUBTYPES | {"bot_message"} else "ignore"
    if arrival.is_edit or arrival.subtype not in SPOKEN_SUBTYPES:
        return "ignore"
    if not _is_addressed(arrival, watch, hearing):
        return "ignore"
    if arrival.place != "dm" and QUIET_WORDS.match(arrival.text):
        # Said to a whole channel, it is about no thread; not to answer is all that can be done.
        return "stay_quiet" if arrival.is_reply or arrival.mentions_bot else "ignore"
    if arrival.is_reply and STOP_WORDS.match(arrival.text):
        return "stop"
    has_content = arrival.text.strip() or arrival.has_files or arrival.has_quote
    if not has_content and not arrival.mentions_bot:
        return "ignore"
    return "answer"


def _is_addressed(arrival: Arrival, watch: ThreadFollowing, hearing: ChannelMode) -> bool:
    if arrival.place == "dm" or arrival.mentions_bot:
        return True
    if hearing == "quiet" or arrival.mentions_others:
        return False
    return watch == "on" if arrival.is_reply else hearing == "listens"
