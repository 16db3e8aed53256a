"""What the listeners share: the core's use cases, and Slack to answer at once."""

from dataclasses import dataclass

from bot.core.amend import Amender
from bot.core.receive import Receiver
from bot.slack.gateway import Gateway
from bot.slack.history import History


@dataclass(frozen=True, slots=True)
class Doors:
    receiver: Receiver
    amender: Amender
    gateway: Gateway
    history: History
