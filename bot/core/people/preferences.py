"""What a person, a channel or a workspace has chosen; the most particular choice counts."""

from dataclasses import dataclass
from typing import Literal, get_args

Reasoning = Literal["off", "line", "summary", "full"]
Thinking = Literal["on", "off", "auto"]
Cost = Literal["off", "line"]
REASONING: tuple[Reasoning, ...] = get_args(Reasoning)
THINKING: tuple[Thinking, ...] = get_args(Thinking)
COST: tuple[Cost, ...] = get_args(Cost)


@dataclass(frozen=True, slots=True)
class Preferences:
    """None: not chosen here."""

    reasoning: Reasoning | None = None
    thinking: Thinking | None = None
    cost: Cost | None = None

    def over(self, wider: "Preferences") -> "Preferences":
        return Preferences(self.reasoning or wider.reasoning, self.thinking or wider.thinking, self.cost or wider.cost)


@dataclass(frozen=True, slots=True)
class Choice:
    """What counts for one turn."""

    reasoning: Reasoning = "line"
    thinking: Thinking = "auto"
    cost: Cost = "off"


def chosen(person: Preferences, channel: Preferences, workspace: Preferences, default: Choice) -> Choice:
    found = person.over(channel).over(workspace)
    return Choice(found.reasoning or default.reasoning, found.thinking or default.thinking, found.cost or default.cost)
