"""`decide` says whether a message is for the bot, from its event and from what is known of its thread and channel."""

import re
from dataclasses import dataclass
from typing import Literal

from bot.core.people.preferences import Choice
from bot.core.thread.inbound import Place

ThreadFollowing = Literal["none", "on", "quiet"]
# quiet    the bot answers mentions only
# usual    the bot answers mentions, and replies in threads that it follows
# listens  the bot answers every message that is not addressed to somebody else
ChannelMode = Literal["quiet", "usual", "listens"]
# answer_later  a turn of the thread is running, and the message is answered in the next one
# known         the message was kept before, from another event about it
# full_…        too many messages wait, and the author is to be told so
# full          too many messages wait, and the author was told lately
NoRoom = Literal["full_thread", "full_person", "full_workspace"]
Verdict = Literal["answer", "answer_later", "ignore", "stay_quiet", "stop", "known", "full"] | NoRoom

# Of a message that Slack does not call a mention, these subtypes are what a person says to the bot.
SPOKEN_SUBTYPES = frozenset({"", "file_share", "thread_broadcast", "me_message"})
# What a channel is called and about: a person typed it, and nobody is addressed.
DESCRIPTION_SUBTYPES = frozenset({
    "channel_topic", "channel_purpose", "channel_name", "group_topic", "group_purpose", "group_name",
})  # fmt: skip
# What Slack says of a channel or a message, and nobody says. The subtypes of things to read can't be listed: Slack adds
# new ones (https://docs.slack.dev/reference/events/message). A `document_mention` only says that there was one in a
# canvas: https://github.com/nearai/ironclaw/pull/7941
NOTICE_SUBTYPES = frozenset({
    "channel_join", "channel_leave", "channel_archive", "channel_unarchive", "channel_convert_to_private",
    "channel_convert_to_public", "channel_posting_permissions", "channel_canvas_updated", "tabbed_canvas_updated",
    "group_join", "group_leave", "group_archive", "group_unarchive", "app_conversation_join", "app_conversation_leave",
    "joiner_notification", "joiner_notification_for_inviter", "sh_room_created", "sh_room_shared",
    "bot_add", "bot_remove", "bot_enable", "bot_disable", "pinned_item", "unpinned_item", "reminder_delete",
    "assistant_app_thread", "document_mention", "tombstone", "ekm_access_denied",
    "message_changed", "message_deleted", "message_replied",
})  # fmt: skip
QUIET_WORDS = re.compile(
    r"^\W*(please\s+)?(stay|be|keep)\s+quiet([\s,]+please)?\W*$|^\W*(请)?(保持)?安静\W*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """The facts of one event that the decision needs. `text` has the bot's own mention cut out. `has_quote`: the
    message forwards or pastes something its author did not write. `bot_ids` are the ids of another bot that wrote it:
    the id of the app, of the bot and of its user. `is_app_mention`: Slack itself says that the bot is called.
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
    is_app_mention: bool = False


STOP_WORDS = re.compile(
    r"^\W*(please\s+)?stop(\s+(it|that|this|now|here|answering|writing))?([\s,]+please)?\W*$"
    r"|^\W*(请|快)?(停|停止|停下|停下来|停一下|停止回答|别说了)(吧|了)?\W*$",
    re.IGNORECASE,
)


def channel_mode(choice: Choice) -> ChannelMode:
    """Return the mode that people have chosen for the channel. "quiet" wins over "listens"."""
    return "quiet" if choice.quiet == "on" else "listens" if choice.listen == "on" else "usual"


def is_open(arrival: Arrival) -> bool:
    """Return whether the decision depends on the channel and the thread. If not, they need not be looked up."""
    is_said = not arrival.from_bot and not arrival.is_edit and _is_spoken(arrival)
    return is_said and arrival.place != "dm" and not arrival.mentions_bot and not arrival.mentions_others


def decide(
    arrival: Arrival, following: ThreadFollowing, bots: frozenset[str] = frozenset(), mode: ChannelMode = "usual"
) -> Verdict:
    """`following` says how the bot follows the thread: not at all ("none"), "on", or at mentions only ("quiet").

    `bots` are the ids of the bots that may mention this one. Only a mention by them is answered: they can't stop an
    answer or silence the bot.
    """
    if arrival.from_bot:
        is_listed = arrival.mentions_bot and not arrival.is_edit and bool(arrival.bot_ids & bots)
        return "answer" if is_listed and arrival.subtype in SPOKEN_SUBTYPES | {"bot_message"} else "ignore"
    if arrival.is_edit or not _is_spoken(arrival):
        return "ignore"
    if not _is_addressed(arrival, following, mode):
        return "ignore"
    if arrival.place != "dm" and QUIET_WORDS.match(arrival.text):
        # Outside a thread there is no thread to be quiet in: the bot only does not answer.
        return "stay_quiet" if arrival.is_reply or arrival.mentions_bot else "ignore"
    if arrival.is_reply and STOP_WORDS.match(arrival.text):
        return "stop"
    has_content = arrival.text.strip() or arrival.has_files or arrival.has_quote
    if not has_content and not arrival.mentions_bot:
        return "ignore"
    return "answer"


def _is_spoken(arrival: Arrival) -> bool:
    """Return whether the subtype is one of words that a person says to somebody."""
    if arrival.is_app_mention:
        return arrival.subtype not in NOTICE_SUBTYPES | DESCRIPTION_SUBTYPES | {"bot_message"}
    return arrival.subtype in SPOKEN_SUBTYPES


def _is_addressed(arrival: Arrival, following: ThreadFollowing, mode: ChannelMode) -> bool:
    if arrival.place == "dm" or arrival.mentions_bot:
        return True
    if mode == "quiet" or arrival.mentions_others:
        return False
    return following == "on" if arrival.is_reply else mode == "listens"
