"""Questions with Approve and Deny, as far as an attempt at a turn and the store of them have to agree: values only."""

from dataclasses import dataclass

from bot.core.thread.inbound import ThreadId


@dataclass(frozen=True, slots=True)
class ApprovalSubject:
    """Who is asked in a thread's turn; `number` is 2 where the same is asked a second time."""

    thread: ThreadId
    asker: str
    number: int = 1


@dataclass(frozen=True, slots=True)
class Standing:
    """A question that an earlier attempt at the turn has asked, and that still counts. `ts` of its message, empty where
    that is not known.
    """

    question: str
    ts: str = ""
    is_decided: bool = False
