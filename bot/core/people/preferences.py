"""What a person, a channel or a workspace has chosen; the most particular choice counts."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal, get_args

Reasoning = Literal["off", "line", "summary", "full"]
Thinking = Literal["on", "off", "auto"]
Cost = Literal["off", "line"]
Language = Literal["en", "zh", "auto"]
Switch = Literal["on", "off"]
REASONING: tuple[Reasoning, ...] = get_args(Reasoning)
THINKING: tuple[Thinking, ...] = get_args(Thinking)
COST: tuple[Cost, ...] = get_args(Cost)
LANGUAGES: tuple[Language, ...] = get_args(Language)
SWITCH: tuple[Switch, ...] = get_args(Switch)

# For whom something is chosen: a person, a channel, a workspace.
Scope = Literal["me", "here", "everyone"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
# Where what counts comes from.
Source = Literal["you", "here", "everyone", "default"]


@dataclass(frozen=True, slots=True)
class Preferences:
    """What is kept of one scope. None: not chosen here. `model` is the name as its provider spells it."""

    reasoning: Reasoning | None = None
    thinking: Thinking | None = None
    cost: Cost | None = None
    model: str | None = None
    language: Language | None = None
    instructions: str | None = None
    listen: Switch | None = None
    quiet: Switch | None = None


@dataclass(frozen=True, slots=True)
class Instruction:
    """What is asked of every answer. `user` is whose it is, where it is a person's own."""

    scope: Scope
    text: str
    user: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """What counts for one turn. `model` empty: the one that the operator has set. `language`: of the bot's own words;
    auto is that of the person's Slack. `instructions` stand from the workspace's to the person's.
    """

    reasoning: Reasoning = "line"
    thinking: Thinking = "auto"
    cost: Cost = "off"
    model: str = ""
    language: Language = "auto"
    listen: Switch = "off"
    quiet: Switch = "off"
    instructions: tuple[Instruction, ...] = ()


@dataclass(frozen=True, slots=True)
class ScopedPreferences:
    """What was chosen, for a person at a place."""

    person: Preferences = Preferences()
    channel: Preferences = Preferences()
    workspace: Preferences = Preferences()
    user: str = ""

    @property
    def by_source(self) -> tuple[tuple[Source, Preferences], ...]:
        """The most particular first."""
        return ("you", self.person), ("here", self.channel), ("everyone", self.workspace)

    @property
    def instructions(self) -> tuple[Instruction, ...]:
        """Those of all scopes hold together, the widest first."""
        found = (
            Instruction("everyone", self.workspace.instructions or ""),
            Instruction("here", self.channel.instructions or ""),
            Instruction("me", self.person.instructions or "", self.user),
        )
        return tuple(one for one in found if one.text)


@dataclass(frozen=True, slots=True)
class EffectiveSetting:
    """What counts of one setting, and where it comes from. `name` is a field of Preferences."""

    name: str
    value: str
    source: Source


def chosen(kept: ScopedPreferences, default: Choice) -> Choice:
    """What counts, field by field."""
    found = {one.name: one.value for one in effective(kept, default) if one.name != "instructions"}
    return Choice(**found, instructions=kept.instructions)  # type: ignore[arg-type]  # each is a value of its field


def effective(kept: ScopedPreferences, default: Choice) -> tuple[EffectiveSetting, ...]:
    """Of each setting what counts and its source, in the order of Preferences. Instructions hold together, so there is
    one for each scope that has some, the widest first; where none has, one that is empty.
    """
    found: list[EffectiveSetting] = []
    for field in fields(Preferences):
        set_in = [(source, value) for source, one in kept.by_source if (value := getattr(one, field.name)) is not None]
        if field.name == "instructions":
            found += [EffectiveSetting(field.name, value, source) for source, value in reversed(set_in)]
            found += [] if set_in else [EffectiveSetting(field.name, "", "default")]
        else:
            source, value = set_in[0] if set_in else ("default", getattr(default, field.name))
            found.append(EffectiveSetting(field.name, value, source))
    return tuple(found)


def read_preferences(told: Mapping[str, str]) -> Preferences:
    """From what is kept; what is no choice any more counts as none."""
    return Preferences(
        reasoning=next((one for one in REASONING if one == told.get("reasoning")), None),
        thinking=next((one for one in THINKING if one == told.get("thinking")), None),
        cost=next((one for one in COST if one == told.get("cost")), None),
        model=told.get("model") or None,
        language=next((one for one in LANGUAGES if one == told.get("language")), None),
        instructions=told.get("instructions") or None,
        listen=next((one for one in SWITCH if one == told.get("listen")), None),
        quiet=next((one for one in SWITCH if one == told.get("quiet")), None),
    )
