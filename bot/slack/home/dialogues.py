"""The dialogues that open from the home tab, and reading what people fill in there."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.money.amounts import NO_LIMIT, read_amount
from bot.core.money.budgets import PERIODS
from bot.core.money.words import PER_PERIOD
from bot.core.people.access import Verdict
from bot.core.people.preferences import Scope
from bot.core.people.settings import MOST_INSTRUCTION_CHARS
from bot.slack.dialogs.modals import answer, field_of, modal, read_note
from bot.slack.home import parts
from bot.slack.home.admin import ACCESS, BUDGET, RETENTION
from bot.slack.home.page import FORGET
from bot.slack.home.setting_rows import INSTRUCTIONS
from bot.words import clipped, say, text

# The callback ids of all dialogues from the home tab begin so.
PREFIX = "home_"
NOTICE = "home_told"
SAVE, CANCEL = text("Save"), text("Cancel")
NAME = "GLM-4.6V"
MINE, FOR_EVERYONE = text("My instructions"), text("For everyone")
WHAT_I_KEEP_TO = text("What I should keep to in every answer")
FOR_INSTANCE = text(
    "Such as: answer in short sentences, with the source of each figure. Leave it empty to take it back."
)
PERSON, CHANNEL = text("A person"), text("A channel")
EMPTY_FOR_ALL = text("Leave both empty for the whole workspace.")
AMOUNT = text("How much")
AMOUNT_HINT = text("An amount in {currency}, such as 5 or 2.50; or “off”: no limit.")
PER = text("For how long")
MAY = text("May they use me?")
VERDICTS: Mapping[Verdict, str] = {"allow": text("Yes, allow it"), "deny": text("No, not any more")}
DAYS = text("Days after the last question of a thread")
DAYS_HINT = text("From 1 to {most}. Older threads are forgotten at once.")
SET_BUDGET, ACCESS_TITLE, RETENTION_TITLE = text("Set a budget"), text("Allow or deny"), text("How long I remember")
FORGET_TITLE = text("Forget all about you?")
# Errors that are shown at a field.
NO_AMOUNT = text("That is no amount: type a number such as 5 or 2.50, or “off”.")
ONE_OF_BOTH = text("Choose a person or a channel, not both.")
WHOM = text("Choose a person or a channel.")
NOT_YOURSELF = text("That would shut you out yourself; another admin can do it.")
NO_DAYS = text("That has to be a number from 1 to {most}.")
View = dict[str, Any]
Errors = dict[str, str]


def instructions(scope: Scope, words: str, language: str) -> View:
    box: parts.Element = {"type": "plain_text_input", "multiline": True, "max_length": MOST_INSTRUCTION_CHARS}
    if words:
        box["initial_value"] = words
    written = parts.field("words", WHAT_I_KEEP_TO, language, box, hint=FOR_INSTANCE, is_optional=True)
    title = MINE if scope == "me" else FOR_EVERYONE
    return _form(INSTRUCTIONS, title, [written], language, scope=scope)


def budget(currency: str, language: str) -> View:
    hint = say(AMOUNT_HINT, language, currency=currency)
    amount = parts.field(
        "amount", AMOUNT, language, {"type": "plain_text_input", "max_length": 20}, hint=hint, is_optional=False
    )
    options = [parts.option(period, PER_PERIOD[period], language) for period in PERIODS]
    period_field = parts.field(
        "period", PER, language, parts.select("value", PER, language, options, "day"), is_optional=False
    )
    return _form(BUDGET, SET_BUDGET, [*_who(language, EMPTY_FOR_ALL), amount, period_field], language)


def access(language: str) -> View:
    options = [parts.option(verdict, words, language) for verdict, words in VERDICTS.items()]
    radio: parts.Element = {"type": "radio_buttons", "options": options, "initial_option": options[0]}
    verdict_field = parts.field("verdict", MAY, language, radio, is_optional=False)
    return _form(ACCESS, ACCESS_TITLE, [*_who(language), verdict_field], language)


def retention(days: int, most: int, language: str) -> View:
    limits = {"min_value": "1", "max_value": str(most), "initial_value": str(days), "is_decimal_allowed": False}
    hint = say(DAYS_HINT, language, most=most)
    typed = parts.field("days", DAYS, language, {"type": "number_input", **limits}, hint=hint, is_optional=False)
    return _form(RETENTION, RETENTION_TITLE, [typed], language, most=str(most))


def forget(question: str, button: str, language: str) -> View:
    """`question` and `button` are marked texts."""
    view = _form(FORGET, FORGET_TITLE, [parts.section(say(question, language))], language)
    return view | {"submit": parts.plain(button, language, 24)}


def notice(words: str, language: str) -> View:
    """Says what came of a press in the home tab, where no message stands that could be answered."""
    return modal(NAME, [parts.section(clipped(words, parts.TEXT_CHARS))], language) | {"callback_id": NOTICE}


def _form(callback: str, title: str, blocks: list[parts.Element], language: str, **about: str) -> View:
    """A dialogue with Save and Cancel. Slack sends `about` back when it is submitted."""
    view = modal(title, blocks, language) | {"callback_id": callback}
    note = json.dumps({"language": language, **about})
    return view | {
        "private_metadata": note,
        "submit": parts.plain(SAVE, language, 24),
        "close": parts.plain(CANCEL, language, 24),
    }


def _who(language: str, hint: str = "") -> list[parts.Element]:
    place = {"type": "conversations_select", "filter": {"include": ["public", "private"]}}
    return [
        parts.field("person", PERSON, language, {"type": "users_select"}, is_optional=True),
        parts.field("channel", CHANNEL, language, place, hint=hint, is_optional=True),
    ]


# -- what was filled in ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A submitted dialogue. `about` is what the bot wrote into it; reading that may raise PayloadMalformed."""

    view: Mapping[str, Any]

    @property
    def about(self) -> dict[str, str]:
        return read_note(self.view.get("private_metadata"))

    @property
    def language(self) -> str:
        return self.about.get("language", "en")

    @property
    def scope(self) -> Scope:
        return "everyone" if self.about.get("scope") == "everyone" else "me"

    @property
    def person(self) -> str:
        return str(field_of(self.view, "person").get("selected_user") or "")

    @property
    def channel(self) -> str:
        return str(field_of(self.view, "channel").get("selected_conversation") or "")

    @property
    def words(self) -> str:
        return answer(self.view, "words").strip()

    @property
    def amount(self) -> str:
        return answer(self.view, "amount").strip().lower()

    @property
    def days(self) -> str:
        return answer(self.view, "days").strip()

    def option(self, block: str) -> str:
        return str((field_of(self.view, block).get("selected_option") or {}).get("value") or "")

    @property
    def owner(self) -> str:
        """The owner of a budget, or whom access is decided for, as a command names it."""
        if self.person:
            return f"<@{self.person}>"
        return f"<#{self.channel}>" if self.channel else "everyone"


def form_errors(filled: FilledForm, kind: str, by: str) -> Errors:
    """The errors that are seen without asking Slack, by their fields. `by` is the id of the person who filled it in."""
    errors: dict[str, tuple[str, dict[str, object]]] = {}
    if filled.person and filled.channel:
        errors["channel"] = ONE_OF_BOTH, {}
    if kind == BUDGET and filled.amount not in NO_LIMIT and read_amount(filled.amount) is None:
        errors["amount"] = NO_AMOUNT, {}
    if kind == ACCESS and not (filled.person or filled.channel):
        errors["person"] = WHOM, {}
    if kind == ACCESS and filled.person == by and filled.option("verdict") == "deny":
        errors["person"] = NOT_YOURSELF, {}
    if kind == RETENTION and not _is_in_range(filled):
        errors["days"] = NO_DAYS, {"most": filled.about.get("most", "1")}
    return {block: say(words, filled.language, **fields) for block, (words, fields) in errors.items()}


def _is_in_range(filled: FilledForm) -> bool:
    days, most = filled.days, filled.about.get("most", "1")
    return days.isascii() and days.isdecimal() and len(days) < 6 and 1 <= int(days) <= int(most)
