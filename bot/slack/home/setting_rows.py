"""The rows of settings in the home tab: the value that counts, where it was set, and a menu of other values.

The value of each option names the scope, the setting and the new value, so that a press needs nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.model.models import Models, OfferedModel
from bot.core.money.amounts import millionths, shown
from bot.core.people.preferences import (
    Choice,
    EffectiveSetting,
    Instruction,
    Preferences,
    Scope,
    ScopedPreferences,
    Source,
    effective,
)
from bot.core.people.settings import BY_FIELD, BY_NAME, SETTINGS, Setting
from bot.errors import PayloadMalformed
from bot.slack.blocks import Blocks, escape
from bot.slack.home import parts
from bot.words import clipped, say, text

SET, INSTRUCTIONS = "home_setting", "home_instructions"
# The option that takes a choice back, so that the wider scope counts.
UNSET = "-"
LABELS: Mapping[str, str] = {
    "reasoning": text("What I show of my thinking"),
    "think": text("Thinking before I answer"),
    "cost": text("What an answer has cost"),
    "model": text("Model"),
    "language": text("Language of what I say by myself"),
    "instructions": text("Instructions"),
    "listen": text("Answer in channels without a mention"),
    "quiet": text("Answer mentions only, also in threads"),
}
YES, NO = text("yes"), text("no")
VALUES: Mapping[str, Mapping[str, str]] = {
    "reasoning": {
        "off": text("nothing"),
        "line": text("one line"),
        "summary": text("a summary"),
        "full": text("all of it"),
    },
    "think": {"on": text("always"), "off": text("never"), "auto": text("when the question needs it")},
    "cost": {"off": text("not shown"), "line": text("a line under the answer")},
    # Languages are shown by their own names in every language.
    "language": {"en": "English", "zh": "中文", "auto": text("as in each person's Slack")},
    "listen": {"on": YES, "off": NO},
    "quiet": {"on": YES, "off": NO},
}
# Other words for a value where it is shown to one person as their own.
YOURS: Mapping[tuple[str, str], str] = {("language", "auto"): text("as in your Slack")}
SOURCES: Mapping[Source, str] = {
    "you": text("chosen by you"),
    "here": text("set for this channel"),
    "everyone": text("set for everyone"),
    "default": text("the default"),
}
WIDER: Mapping[Source, str] = {
    "everyone": text("As for everyone: {value}"),
    "default": text("Default: {value}"),
}
NONE_YET = text("none yet")
SEES, READS = text("{title} · sees pictures"), text("{title} · text only")
PRICED = text("{model} · {input} in, {output} out a million tokens")
CHANGE, WRITE = text("Change…"), text("Write…")
SNIPPET_CHARS = 200


@dataclass(frozen=True, slots=True)
class Choices:
    """What people have chosen, the defaults, and the models to choose from. With another `mark`, Slack takes every menu
    for a new one, which shows the value that counts.
    """

    kept: ScopedPreferences
    default: Choice
    models: Models
    mark: str = ""

    def of(self, scope: Scope) -> ScopedPreferences:
        """The choices that count for one person, or for everyone."""
        return ScopedPreferences(
            self.kept.person if scope == "me" else Preferences(), Preferences(), self.kept.workspace
        )


@dataclass(frozen=True, slots=True)
class ChosenSetting:
    """The meaning of a menu's option. An empty `value` takes the choice back."""

    scope: Scope
    setting: Setting
    value: str


def read_option(value: str) -> ChosenSetting:
    """Read the value of an option. Raises PayloadMalformed if it is no option of this version. A model's name is not
    checked.
    """
    scope_word, _, rest = value.partition(" ")
    name, _, chosen = rest.partition(" ")
    setting, scope = BY_NAME.get(name), next((known for known in _SCOPES if known == scope_word), None)
    if setting is None or scope is None or not (chosen == UNSET or name == "model" or chosen in setting.values):
        raise PayloadMalformed("option")
    return ChosenSetting(scope, setting, "" if chosen == UNSET else chosen)


_SCOPES: tuple[Scope, ...] = ("me", "everyone")


def blocks_of(choices: Choices, scope: Scope, language: str) -> Blocks:
    """A row for each setting that can be chosen in this scope."""
    effective_settings = {entry.name: entry for entry in effective(choices.of(scope), choices.default)}
    rows: Blocks = []
    for setting in SETTINGS:
        if scope not in setting.scopes:
            continue
        if setting.name == "instructions":
            rows.append(_instructions(choices, scope, language))
        else:
            rows.append(_menu(choices, scope, setting, effective_settings[setting.field], language))
    return rows


def _menu(choices: Choices, scope: Scope, setting: Setting, now: EffectiveSetting, language: str) -> parts.Element:
    own: Source = "you" if scope == "me" else "everyone"
    chosen = (now.value or UNSET) if now.source == own else UNSET
    if setting.name == "model" and chosen != UNSET:
        chosen = choices.models.counting(chosen).name
    prefix = f"{scope} {setting.name} "
    values = {UNSET: _wider(choices, scope, setting, language), **_values(choices, scope, setting, language)}
    options = [parts.option(f"{prefix}{value}", words, language) for value, words in values.items()]
    label, source = say(LABELS[setting.name], language), say(SOURCES[now.source], language)
    words = f"*{label}*\n{_value(choices, scope, now, language)} · _{source}_"
    menu = parts.select(SET, label, language, options, f"{prefix}{chosen}")
    return parts.section(words, menu, f"{prefix}{chosen} {choices.mark}".strip()[:255])


def _wider(choices: Choices, scope: Scope, setting: Setting, language: str) -> str:
    """The option that takes the choice back, with the value that counts then."""
    kept = choices.of("everyone") if scope == "me" else ScopedPreferences()
    wider = next(entry for entry in effective(kept, choices.default) if entry.name == setting.field)
    return say(WIDER[wider.source], language, value=_value(choices, scope, wider, language))


def _values(choices: Choices, scope: Scope, setting: Setting, language: str) -> dict[str, str]:
    if setting.name == "model":
        return {model.name: _model(model, language) for model in choices.models.offered}
    return {value: _words(setting.name, value, scope, language) for value in setting.values}


def _value(choices: Choices, scope: Scope, entry: EffectiveSetting, language: str) -> str:
    name = BY_FIELD[entry.name].name
    if name == "model":
        return choices.models.counting(entry.value).title
    return _words(name, entry.value, scope, language)


def _words(name: str, value: str, scope: Scope, language: str) -> str:
    own = YOURS.get((name, value)) if scope == "me" else None
    return say(own or VALUES[name][value], language)


def _model(model: OfferedModel, language: str) -> str:
    words = say(SEES if model.has_vision else READS, language, title=model.title)
    if (price := model.price) is None:
        return words
    amounts = {"input": shown(millionths(price.input), price.currency)}
    amounts["output"] = shown(millionths(price.output), price.currency)
    return say(PRICED, language, model=words, **amounts)


def _instructions(choices: Choices, scope: Scope, language: str) -> parts.Element:
    """The row of instructions. Those for everyone and a person's own count together, so both are shown."""
    label = say(LABELS["instructions"], language)
    own: Scope = "me" if scope == "me" else "everyone"
    entries = choices.of(scope).instructions
    lines = [f"*{label}*", *(_snippet(entry, language) for entry in entries)]
    if not entries:
        lines.append(say(NONE_YET, language))
    has_own = any(entry.scope == own for entry in entries)
    button = parts.button(
        INSTRUCTIONS, CHANGE if has_own else WRITE, language, scope, tells=f"{label}: {say(CHANGE, language)}"
    )
    return parts.section("\n".join(lines), button)


def _snippet(instruction: Instruction, language: str) -> str:
    snippet = clipped(" ".join(instruction.text.split()), SNIPPET_CHARS)
    source: Source = "everyone" if instruction.scope == "everyone" else "you"
    return f"“{escape(snippet)}” · _{say(SOURCES[source], language)}_"


def text_of(kept: ScopedPreferences, scope: Scope) -> str:
    """The instructions of this scope as they were written."""
    return (kept.person if scope == "me" else kept.workspace).instructions or ""
