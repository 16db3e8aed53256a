"""`view` builds the home tab: what the bot can do, three examples, a person's settings and usage, and the admins'
part.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.errors import PayloadMalformed
from bot.slack.blocks import Blocks
from bot.slack.dialogs import usage
from bot.slack.dialogs.modals import read_note
from bot.slack.home import admin, parts
from bot.slack.home.setting_rows import Choices, blocks_of
from bot.slack.home.trials import EXAMPLES, TRY
from bot.words import say, text

CALLBACK = "home"
EXPORT, FORGET = "home_export", "home_forget"
HELLO = text("Hello! I'm GLM-4.6V")
CAN_DO = text(
    "I can see, read and think.\n"
    "• Ask me under *Messages*, or mention me in a channel: `@glm what is wrong here?`\n"
    "• Add pictures or documents: screenshots, photos, charts, PDF, Word, PowerPoint, Excel and more.\n"
    "• `/summarize` catches you up on a channel, a thread, a file or a link; `/glm help` tells the rest."
)
THREE_THINGS = text("Three things to try")
TRY_IT = text("Try it")
MY_SETTINGS = text("My settings")
MY_SETTINGS_TOLD = text("They count for you, in all channels and in our direct messages.")
MY_USAGE = text("My usage")
MY_DATA = text("What I know of you")
MY_DATA_TOLD = text(
    "Your questions and my answers to them, your files and your settings, for as long as they are kept."
)
GIVE_ME = text("Send it to me")
FORGET_IT = text("Forget it…")


@dataclass(frozen=True, slots=True)
class HomePage:
    """What one person sees. `refused` is a marked text that says why they may not use the bot. `part` is for admins,
    who see it also if they are refused.
    """

    language: str = "en"
    utc_offset_s: int = 0
    refused: str = ""
    choices: Choices | None = None
    used: usage.Figures | None = None
    part: admin.AdminPart | None = None


def view(page: HomePage) -> dict[str, Any]:
    """The view for views.publish. It carries a digest of its blocks."""
    blocks = _blocks(page)
    digest = hashlib.sha256(json.dumps(blocks, sort_keys=True).encode()).hexdigest()[:32]
    note = json.dumps({"digest": digest})
    return {"type": "home", "callback_id": CALLBACK, "private_metadata": note, "blocks": blocks}


def digest_of(view: Mapping[str, Any]) -> str:
    """The digest in a view; empty for a view of another version or of another app."""
    try:
        return read_note(view.get("private_metadata")).get("digest", "")
    except PayloadMalformed:
        return ""


def _blocks(page: HomePage) -> Blocks:
    language = page.language
    if page.refused:
        shown = [parts.section(say(page.refused, language))]
    else:
        shown = [*_beginning(language), *_own(page)]
    if page.part is not None:
        shown += [parts.divider(), *admin.blocks(page.part, language, page.utc_offset_s)]
    return shown


def _beginning(language: str) -> Blocks:
    shown = [parts.header(HELLO, language), parts.section(say(CAN_DO, language)), parts.header(THREE_THINGS, language)]
    for example in EXAMPLES:
        question = say(example.question, language)
        tried = parts.button(TRY, TRY_IT, language, example.picture, tells=f"{say(TRY_IT, language)}: {question}")
        shown.append(parts.section(f"*{question}*\n{say(example.about, language)}", tried))
    return shown


def _own(page: HomePage) -> Blocks:
    language = page.language
    shown: Blocks = []
    if page.choices is not None:
        shown += [parts.divider(), parts.header(MY_SETTINGS, language), parts.context(say(MY_SETTINGS_TOLD, language))]
        shown += blocks_of(page.choices, "me", language)
    if page.used is not None:
        shown += [parts.divider(), parts.header(MY_USAGE, language)]
        untitled = replace(page.used, title="")
        shown += usage.blocks(untitled, language, page.utc_offset_s)
    shown += [parts.divider(), parts.header(MY_DATA, language), parts.section(say(MY_DATA_TOLD, language))]
    buttons = (parts.button(EXPORT, GIVE_ME, language), parts.button(FORGET, FORGET_IT, language))
    return [*shown, parts.actions(*buttons)]
