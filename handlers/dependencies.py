"""Dependencies holds what the handlers share: the use cases, the store, and the way to answer in Slack."""

from dataclasses import dataclass
from typing import Any

from slack_bolt.context.async_context import AsyncBoltContext

from bot.core.accounts.exports import Exports
from bot.core.accounts.forget_person import Accounts
from bot.core.intake.ask_again import AskAgain
from bot.core.intake.edits import MessageEdits
from bot.core.intake.receive import Receiver
from bot.core.model.models import Models
from bot.core.thread.inbound import Inbound, ThreadId
from bot.slack.gateway import Gateway
from bot.slack.read.history import History
from bot.store.follow_ups import FollowUpMarks
from bot.store.people.access import AccessStore
from bot.store.people.preferences import PreferenceStore
from bot.store.threads.approvals import Approvals
from bot.store.threads.forgetting import Forgetting
from bot.store.threads.retention import Retention
from bot.store.threads.signs import WaitingSigns
from bot.store.threads.threads import Threads
from handlers.follow_up import FollowUps
from handlers.private_replies import Check, PrivateReplies


@dataclass(frozen=True, slots=True)
class Dependencies:
    receiver: Receiver
    message_edits: MessageEdits
    gateway: Gateway
    history: History
    threads: Threads
    choosing: PreferenceStore
    approvals: Approvals
    follow_ups: FollowUps
    replies: PrivateReplies
    marks: FollowUpMarks
    access: AccessStore
    check: Check
    retention: Retention
    accounts: Accounts
    exports: Exports
    forgetting: Forgetting
    signs: WaitingSigns
    models: Models

    @property
    def ask_again(self) -> AskAgain:
        return AskAgain(self.threads, self.history, self.message_edits)


def team_of(context: AsyncBoltContext) -> str:
    return context.team_id or context.enterprise_id or ""


def question_of(thread: ThreadId, ts: str, user: str, user_team: str = "") -> Inbound:
    """The question that an answer belongs to, as far as a button knows it.

    `user_team` is the workspace of the person who pressed. In Slack Connect it is another than ours (slack.md §1.3).
    """
    place: Any = "dm" if thread.channel.startswith("D") else "channel"
    team = user_team if user_team.startswith("T") else thread.team
    return Inbound(thread.team, thread.channel, ts, thread.root_ts, user, team, place, "", files_known=False)
