"""The names of all Redis keys (bot/README.md, "What may stand in Redis"). Keys of one thread share a hash tag."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.thread.inbound import ThreadId

DAY_S = 86_400
# By then no paused worker can wake up any more and find its fencing number free again.
TURN_S = 7 * DAY_S

# The Redis type of each kind of key, by the word after the namespace.
TYPES: Mapping[str, str] = {
    "seen": "string",
    "inbox": "hash",
    "thread": "hash",
    "turn": "hash",
    "waiting": "zset",
    "running": "zset",
    "line": "zset",
    "told": "string",
    "held": "zset",
    "budget": "hash",
    "prefs": "hash",
    "greeted": "string",
    "home": "hash",
    "home_off": "string",
    "approval": "string",
    "asked": "hash",
    "awaited": "string",
    "approved_calls": "hash",
    "aside": "hash",
    "unreadable": "hash",
    "blob": "string",
    "blobs:sizes": "hash",
    "blobs:uses": "zset",
    "preview": "string",
    "previews": "set",
    "looking": "string",
    "title": "string",
    "access": "hash",
    "refused": "string",
    "bot_answers": "zset",
    "forgotten": "hash",
    "filed": "set",
    "summed": "set",
    "reserved": "hash",
    "settled": "string",
    "usage": "hash",
    "usage_rows": "hash",
    "allowances": "hash",
    "budget_told": "string",
}


@dataclass(frozen=True, slots=True)
class Keys:
    namespace: str = "glm"

    def seen(self, thread: ThreadId, ts: str) -> str:
        return f"{self.namespace}:seen:{thread.team}:{thread.channel}:{ts}"

    def inbox(self, thread: ThreadId) -> str:
        return self.inbox_of(str(thread))

    def inbox_of(self, thread: str) -> str:
        return f"{self.inbox_prefix}{{{thread}}}"

    @property
    def inbox_prefix(self) -> str:
        return f"{self.namespace}:inbox:"

    def thread(self, thread: ThreadId) -> str:
        return f"{self.namespace}:thread:{{{thread}}}"

    def turn(self, thread: ThreadId) -> str:
        return f"{self.turn_prefix}{{{thread}}}"

    @property
    def turn_prefix(self) -> str:
        return f"{self.namespace}:turn:"

    @property
    def waiting(self) -> str:
        """Threads with messages in their inbox, scored by the arrival of the oldest message."""
        return f"{self.namespace}:waiting"

    def running(self, team: str, user: str = "") -> str:
        """Threads being answered, of a workspace or of one person in it, scored by the time when they count as dead."""
        return f"{self.namespace}:running:{team}:{user}" if user else f"{self.namespace}:running:{team}"

    def line(self, team: str, user: str) -> str:
        """Threads of one person that wait for their turn, scored by arrival."""
        return f"{self.namespace}:line:{team}:{user}"

    def held(self, team: str, user: str = "") -> str:
        """Waiting messages of a workspace or of one person in it, scored by arrival; some of them may wait no more."""
        return f"{self.namespace}:held:{team}:{user}" if user else f"{self.namespace}:held:{team}"

    def full_notice(self, team: str, user: str, thread: str = "") -> str:
        """The message that told a person lately that there is no room, in this thread or anywhere."""
        return f"{self.notice_prefix}full:{team}:{user}:{{{thread}}}"

    def worker(self, worker: str) -> str:
        """Exists as long as this worker shows signs of life."""
        return f"{self.namespace}:worker:{worker}"

    def waiting_notice(self, thread: ThreadId) -> str:
        """Exists when the thread was told lately that it waits."""
        return f"{self.notice_prefix}{{{thread}}}"

    @property
    def notice_prefix(self) -> str:
        return f"{self.namespace}:told:"

    def budget(self, team: str, method: str) -> str:
        return f"{self.namespace}:budget:{team}:{method}"

    def prefs(self, team: str, scope: str = "") -> str:
        """`scope`: a channel's or a person's id; empty for the whole workspace. It does not expire."""
        return f"{self.namespace}:prefs:{team}:{scope}" if scope else f"{self.namespace}:prefs:{team}"

    def greeted(self, team: str, user: str) -> str:
        return f"{self.namespace}:greeted:{team}:{user}"

    def home(self, team: str, user: str) -> str:
        """What the person's home tab shows."""
        return f"{self.namespace}:home:{team}:{user}"

    @property
    def home_off(self) -> str:
        """Exists when Slack has said that the app has no home tab."""
        return f"{self.namespace}:home_off"

    def followed(self, key: str) -> str:
        """Exists when a follow-up of a Slack request is done."""
        return f"{self.namespace}:followed:{key}"

    def posted(self, key: str) -> str:
        """The ts of the message that a follow-up has posted."""
        return f"{self.namespace}:posted:{key}"

    def approval(self, question: str) -> str:
        """A question with Approve and Deny, by its id."""
        return f"{self.namespace}:approval:{question}"

    def open_approvals(self, thread: ThreadId) -> str:
        """Questions with Approve and Deny of the running turn: the subject of each, its id and the ts of its
        message.
        """
        return f"{self.namespace}:asked:{{{thread}}}"

    def awaited(self, question: str) -> str:
        """Exists while somebody waits for the answer to a question."""
        return f"{self.namespace}:awaited:{question}"

    def approved_calls(self, thread: ThreadId) -> str:
        """Approved calls of the running turn."""
        return f"{self.namespace}:approved_calls:{{{thread}}}"

    @property
    def dead_letters(self) -> str:
        """Messages set aside, by reference. They do not expire: somebody has to look at them."""
        return f"{self.namespace}:aside"

    @property
    def unreadable(self) -> str:
        """Records that can't be read: which, where and why. Kept for some days."""
        return f"{self.namespace}:unreadable"

    def type_of(self, key: str) -> str:
        """Return the Redis type of a key with one of our names; "" for other names."""
        name = key.removeprefix(f"{self.namespace}:")
        return next((kind for word, kind in TYPES.items() if f"{name}:".startswith(f"{word}:")), "")

    def misplaced(self, key: str) -> str:
        """The name that a key of the wrong type is moved to."""
        return f"{self.namespace}:misplaced:{key}"

    def looking(self, team: str, user: str) -> str:
        return f"{self.namespace}:looking:{team}:{user}"

    def title(self, thread: ThreadId) -> str:
        return f"{self.namespace}:title:{{{thread}}}"

    def access(self, team: str) -> str:
        """What admins have said about people and channels, by id. It does not expire."""
        return f"{self.namespace}:access:{team}"

    def refused(self, team: str, channel: str, user: str, kind: str) -> str:
        """Exists when the person was told lately that they can't be answered in this channel."""
        return f"{self.namespace}:refused:{team}:{channel}:{user}:{kind}"

    def bot_answers(self, team: str, channel: str, bot: str) -> str:
        """The messages of another bot that were answered in a channel within the hour, scored by time."""
        return f"{self.namespace}:bot_answers:{team}:{channel}:{bot}"

    def forgotten(self, team: str) -> str:
        """Who asked to be forgotten, and when: what they said before is never read again. It does not expire."""
        return f"{self.namespace}:forgotten:{team}"

    def filed(self, team: str, file_id: str) -> str:
        """The threads that know a file."""
        return f"{self.namespace}:filed:{team}:{file_id}"

    def summed(self, team: str, channel: str) -> str:
        """The threads that hold a summary of a channel."""
        return f"{self.namespace}:summed:{team}:{channel}"

    def threads_of(self, team: str, channel: str = "") -> str:
        """A pattern that matches the threads of a workspace or of one channel."""
        return f"{self.namespace}:thread:{{{team}:{channel or '*'}:*"

    def thread_in(self, key: str) -> str:
        """Return the thread of a key, as text."""
        return key.removeprefix(f"{self.namespace}:thread:")[1:-1]

    @property
    def signals(self) -> str:
        """The pub/sub channel between processes."""
        return f"{self.namespace}:nudges"

    def blob(self, team: str, sha256: str, variant: str) -> str:
        return f"{self.namespace}:blob:{team}:{sha256}:{variant}"

    def file(self, team: str, file_id: str) -> str:
        return f"{self.namespace}:blob:{team}:file:{file_id}"

    @property
    def blob_sizes(self) -> str:
        return f"{self.namespace}:blobs:sizes"

    @property
    def blob_uses(self) -> str:
        return f"{self.namespace}:blobs:uses"

    def preview(self, name: str) -> str:
        return f"{self.namespace}:preview:{name}"

    def previews(self, thread: ThreadId) -> str:
        """The names of the thread's previews."""
        return f"{self.namespace}:previews:{{{thread}}}"

    def reserved(self, team: str, owner: str) -> str:
        """Amounts reserved for running requests out of a person's, a channel's or the workspace's budget, by request:
        the amount, and the time in ms at which the reservation ends.
        """
        return f"{self.namespace}:reserved:{team}:{owner}"

    def settled(self, team: str, reservation: str) -> str:
        """Exists when the cost of this request has been counted."""
        return f"{self.namespace}:settled:{team}:{reservation}"

    def usage(self, team: str, currency: str, day: str) -> str:
        """What was spent on a day, in whole millionths: by person, by channel, by model, and in all."""
        return f"{self.namespace}:usage:{team}:{currency}:{day}"

    def usage_rows(self, team: str, currency: str, day: str) -> str:
        """The same day by person, channel and model together, with tokens and requests."""
        return f"{self.namespace}:usage_rows:{team}:{currency}:{day}"

    def allowances(self, team: str) -> str:
        """Budgets that admins have set, by owner and period. They do not expire."""
        return f"{self.namespace}:allowances:{team}"

    def budget_told(self, team: str, owner: str, period: str, first_day: str) -> str:
        """Exists when it was told in this period that most of the budget is used."""
        return f"{self.namespace}:budget_told:{team}:{owner}:{period}:{first_day}"

    @property
    def salt(self) -> str:
        """The salt of the passphrase that seals. It does not expire: without it no sealed value opens."""
        return f"{self.namespace}:salt"
