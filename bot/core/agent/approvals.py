"""The values of questions with Approve and Deny that the dialogs and the store share."""

from dataclasses import dataclass

from bot.core.thread.inbound import ThreadId


@dataclass(frozen=True, slots=True)
class ApprovalSubject:
    """Who is asked in the turn of a thread. `number` is 2 when the same question is asked a second time."""

    thread: ThreadId
    asker: str
    number: int = 1


@dataclass(frozen=True, slots=True)
class PendingQuestion:
    """A question that an earlier attempt at the turn has asked, and that is still valid. `ts` is that of its message,
    or empty when not known.
    """

    question: str
    ts: str = ""
    is_decided: bool = False
