"""Settings as rows of the home tab: what counts, where it comes from, and what it can be instead.

Each choice is a menu whose options say all that is needed to carry it out: for whom, which setting, which value.
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
# Stands for what is wider: nothing is chosen here.
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
    # Languages are called by their own names everywhere.
    "language": {"en": "English", "zh": "中文", "auto": text("as in each person's Slack")},
    "listen": {"on": YES, "off": NO},
    "quiet": {"on": YES, "off": NO},
}
# What reads otherwise where it is told to one person.
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
    """What is chosen, what counts otherwise, and among which models can be chosen. `mark` makes every menu a new one,
    which begins with what counts.
    """

    kept: ScopedPreferences
    default: Choice
    models: Models
    mark: str = ""

    def of(self, scope: Scope) -> ScopedPreferences:
        """What is chosen there, and what is wider."""
        return ScopedPreferences(
            self.kept.person if scope == "me" else Preferences(), Preferences(), self.kept.workspace
        )


@dataclass(frozen=True, slots=True)
class ChosenSetting:
    """What an option of a menu says. `value` empty: what is wider counts again."""

    scope: Scope
    setting: Setting
    value: str


def read_option(value: str) -> ChosenSetting:
    """Raises PayloadMalformed: it may be another version's. Whether there is such a model is for the caller to know."""
    scope, _, rest = value.partition(" ")
    name, _, chosen = rest.partition(" ")
    setting, known = BY_NAME.get(name), next((one for one in _SCOPES if one == scope), None)
    if setting is None or known is None or not (chosen == UNSET or name == "model" or chosen in setting.values):
        raise PayloadMalformed("option")
    return ChosenSetting(known, setting, "" if chosen == UNSET else chosen)


_SCOPES: tuple[Scope, ...] = ("me", "everyone")


def blocks_of(choices: Choices, scope: Scope, language: str) -> Blocks:
    """A row for each setting that there is for a person, or for everyone."""
    counts = {one.name: one for one in effective(choices.of(scope), choices.default)}
    found: Blocks = []
    for setting in SETTINGS:
        if scope not in setting.scopes:
            continue
        if setting.name == "instructions":
            found.append(_instructions(choices, scope, language))
        else:
            found.append(_menu(choices, scope, setting, counts[setting.field], language))
    return found


def _menu(choices: Choices, scope: Scope, setting: Setting, counts: EffectiveSetting, language: str) -> parts.Element:
    own: Source = "you" if scope == "me" else "everyone"
    chosen = (counts.value or UNSET) if counts.source == own else UNSET
    if setting.name == "model" and chosen != UNSET:
        chosen = choices.models.counting(chosen).name
    begins = f"{scope} {setting.name} "
    told = {UNSET: _wider(choices, scope, setting, language), **_values(choices, scope, setting, language)}
    options = [parts.option(f"{begins}{value}", words, language) for value, words in told.items()]
    label, source = say(LABELS[setting.name], language), say(SOURCES[counts.source], language)
    words = f"*{label}*\n{_value(choices, scope, counts, language)} · _{source}_"
    menu = parts.select(SET, label, language, options, f"{begins}{chosen}")
    return parts.section(words, menu, f"{begins}{chosen} {choices.mark}".strip()[:255])


def _wider(choices: Choices, scope: Scope, setting: Setting, language: str) -> str:
    """What counts when nothing is chosen here."""
    kept = choices.of("everyone") if scope == "me" else ScopedPreferences()
    found = next(one for one in effective(kept, choices.default) if one.name == setting.field)
    return say(WIDER[found.source], language, value=_value(choices, scope, found, language))


def _values(choices: Choices, scope: Scope, setting: Setting, language: str) -> dict[str, str]:
    if setting.name == "model":
        return {one.name: _model(one, language) for one in choices.models.offered}
    return {value: _words(setting.name, value, scope, language) for value in setting.values}


def _value(choices: Choices, scope: Scope, found: EffectiveSetting, language: str) -> str:
    name = BY_FIELD[found.name].name
    if name == "model":
        return choices.models.counting(found.value).title
    return _words(name, found.value, scope, language)


def _words(name: str, value: str, scope: Scope, language: str) -> str:
    own = YOURS.get((name, value)) if scope == "me" else None
    return say(own or VALUES[name][value], language)


def _model(model: OfferedModel, language: str) -> str:
    told = say(SEES if model.has_vision else READS, language, title=model.title)
    if model.price is None:
        return told
    amounts = [shown(millionths(one), model.price.currency) for one in (model.price.input, model.price.output)]
    return say(PRICED, language, model=told, input=amounts[0], output=amounts[1])


def _instructions(choices: Choices, scope: Scope, language: str) -> parts.Element:
    """Those of everyone and one's own hold together, so both are shown."""
    label = say(LABELS["instructions"], language)
    own: Scope = "me" if scope == "me" else "everyone"
    held = choices.of(scope).instructions
    lines = [f"*{label}*", *(_told(one, language) for one in held)]
    if not held:
        lines.append(say(NONE_YET, language))
    has_own = any(one.scope == own for one in held)
    button = parts.button(
        INSTRUCTIONS, CHANGE if has_own else WRITE, language, scope, tells=f"{label}: {say(CHANGE, language)}"
    )
    return parts.section("\n".join(lines), button)


def _told(one: Instruction, language: str) -> str:
    snippet = clipped(" ".join(one.text.split()), SNIPPET_CHARS)
    source: Source = "everyone" if one.scope == "everyone" else "you"
    return f"“{escape(snippet)}” · _{say(SOURCES[source], language)}_"


def text_of(kept: ScopedPreferences, scope: Scope) -> str:
    """The instructions as they are written down."""
    return (kept.person if scope == "me" else kept.workspace).instructions or ""
