"""Preferences are what a person, a channel or a workspace has chosen. A person's choice wins over the channel's, and
the channel's over the workspace's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal, TypeVar, get_args

V = TypeVar("V", bound=str)
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
# Where the value of a setting comes from.
Source = Literal["you", "here", "everyone", "default"]


@dataclass(frozen=True, slots=True)
class Preferences:
    """The choices of one scope. None: not chosen here. `model` is the name as its provider spells it."""

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
    """An instruction for every answer. `user` is its owner when `scope` is "me", or else empty."""

    scope: Scope
    text: str
    user: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """The settings for one turn. An empty `model` stands for the configured one. `language` is that of the bot's own
    sentences; "auto" stands for the language of the person's Slack. `instructions` are ordered from the workspace's to
    the person's.
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
    """The preferences of the three scopes, for a person in a channel."""

    person: Preferences = Preferences()
    channel: Preferences = Preferences()
    workspace: Preferences = Preferences()
    user: str = ""

    @property
    def by_source(self) -> tuple[tuple[Source, Preferences], ...]:
        """The preferences, those that win first."""
        return ("you", self.person), ("here", self.channel), ("everyone", self.workspace)

    @property
    def instructions(self) -> tuple[Instruction, ...]:
        """The instructions of all scopes, the workspace's first. They all apply together."""
        instructions = (
            Instruction("everyone", self.workspace.instructions or ""),
            Instruction("here", self.channel.instructions or ""),
            Instruction("me", self.person.instructions or "", self.user),
        )
        return tuple(instruction for instruction in instructions if instruction.text)


@dataclass(frozen=True, slots=True)
class EffectiveSetting:
    """The value of a setting, and where it comes from. `name` is a field of Preferences."""

    name: str
    value: str
    source: Source


def chosen(kept: ScopedPreferences, default: Choice) -> Choice:
    """Return the settings that apply."""
    values = {setting.name: setting.value for setting in effective(kept, default) if setting.name != "instructions"}
    return Choice(**values, instructions=kept.instructions)  # type: ignore[arg-type]  # each is a value of its field


def effective(kept: ScopedPreferences, default: Choice) -> tuple[EffectiveSetting, ...]:
    """Return the value and the source of each setting, in the order of Preferences. Instructions of all scopes apply,
    so there is an entry for each scope that has some, the workspace's first, or one empty entry.
    """
    result: list[EffectiveSetting] = []
    for field in fields(Preferences):
        chosen_in = [
            (source, value)
            for source, preferences in kept.by_source
            if (value := getattr(preferences, field.name)) is not None
        ]
        if field.name == "instructions":
            result += [EffectiveSetting(field.name, value, source) for source, value in reversed(chosen_in)]
            result += [] if chosen_in else [EffectiveSetting(field.name, "", "default")]
        else:
            source, value = chosen_in[0] if chosen_in else ("default", getattr(default, field.name))
            result.append(EffectiveSetting(field.name, value, source))
    return tuple(result)


def read_preferences(stored: Mapping[str, str]) -> Preferences:
    """Read stored choices. A value that is no longer offered counts as not chosen."""
    return Preferences(
        reasoning=_offered(REASONING, stored.get("reasoning")),
        thinking=_offered(THINKING, stored.get("thinking")),
        cost=_offered(COST, stored.get("cost")),
        model=stored.get("model") or None,
        language=_offered(LANGUAGES, stored.get("language")),
        instructions=stored.get("instructions") or None,
        listen=_offered(SWITCH, stored.get("listen")),
        quiet=_offered(SWITCH, stored.get("quiet")),
    )


def _offered(values: tuple[V, ...], stored: str | None) -> V | None:
    return next((value for value in values if value == stored), None)
