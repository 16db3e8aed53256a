"""The dialogue that orders a summary: of what, how long, in which style and language, and where it is posted."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from bot.core.brief import Brief, Length, Style
from bot.core.thread.inbound import FileRef
from bot.slack.dialogs.modals import CANCEL, field_of, read_note
from bot.slack.files import file_refs
from bot.slack.read.summaries.periods import USUAL, Period
from bot.words import clipped, say, text

ORDER = "summary_order"
ASK = "ask_about"
TITLE, SUBMIT = text("Summarise"), text("Summarise")
WHAT_LABEL, A_LINK, SOME_FILES = text("What to summarise"), text("A link"), text("Files")
THIS_CHANNEL, IN_PLACE, SINCE = text("This channel"), text("{place}: {period}"), text("since I was last here")
LINK_LABEL = text("Link to a message, a file or a web page")
WHAT_HINT = text("If you give a link or files below, those are summarised instead.")
FILES_LABEL, FILES_HINT = text("Upload files"), text("Up to 10 files, 10 MB each")
RECENT_LABEL, RECENT_HINT = text("Or pick one of this channel's latest files"), text("Files")
LENGTH_LABEL, STYLE_LABEL, LANGUAGE_LABEL = text("Length"), text("Style"), text("Language")
FOCUS_LABEL, FOCUS_HINT = text("A question to focus on"), text("What does it mean for our budget?")
WHERE_LABEL = text("Where it goes")
MY_LANGUAGE = text("My own")
LENGTHS: Mapping[str, str] = {
    "line": text("A line"),
    "paragraph": text("A paragraph"),
    "page": text("A page"),
}
STYLES: Mapping[str, str] = {
    "executive": text("Executive summary"),
    "bullets": text("Bullet points"),
    "minutes": text("Minutes"),
    "actions": text("Action items"),
    "newcomer": text("Explain like I'm new"),
}
WHERES: Mapping[str, str] = {
    "me": text("Only me, in our direct messages"),
    "channel": text("This channel, for everybody"),
}
# In their own languages, since people who want a language know its name.
LANGUAGES: Mapping[str, str] = {
    "en": "English",
    "zh": "中文",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "it": "Italiano",
    "pt": "Português",
    "nl": "Nederlands",
    "pl": "Polski",
    "tr": "Türkçe",
    "ru": "Русский",
    "ar": "العربية",
    "hi": "हिन्दी",
    "ja": "日本語",
    "ko": "한국어",
}
NOTHING_CHOSEN = text("Upload a file, or pick one below.")
NO_LINK = text("Paste the link here.")
TOO_MANY = text("That's more than {most} files: please choose fewer.")
ASK_TITLE, ASK_LABEL, ASK_SUBMIT = text("Ask GLM"), text("Your question about this message"), text("Ask")
MOST_FILES = 10
MOST_OPTIONS = 100
OPTION_CHARS, PLACE_CHARS = 75, 40

PERIODS: Mapping[str, Period] = {
    "today": Period("today"),
    "week": Period("week"),
    "since": Period("since"),
    "last": USUAL,
}
Where = Literal["me", "channel"]


@dataclass(frozen=True, slots=True)
class SummaryForm:
    """The filled-in dialogue. `picked` are ids of the channel's files; `link` is as it was typed."""

    brief: Brief
    where: Where
    what: str = "files"
    link: str = ""
    uploaded: tuple[FileRef, ...] = ()
    picked: tuple[str, ...] = ()
    channel: str = ""

    @property
    def count(self) -> int:
        return len(self.uploaded) + len(self.picked)

    @property
    def period(self) -> Period | None:
        """The period of the channel to summarise, if no link and no file is given."""
        return None if self.count or self.link else PERIODS.get(self.what)


def order(language: str, channel: str = "", recent: Sequence[FileRef] = (), place: str = "") -> dict[str, Any]:
    """The dialogue. Without a channel, the summary goes to the direct messages and there are no files to pick. `place`
    is the channel's name if both the bot and the person can read it; then its periods are offered first.
    """
    offered = {**(_parts_of(place, language) if place else {}), "link": A_LINK, "files": SOME_FILES}
    what = _select(offered, next(iter(PERIODS)) if place else "files", language)
    blocks = [
        _input("what", WHAT_LABEL, what, language, WHAT_HINT if place else "", optional=False),
        _input("link", LINK_LABEL, _typed("https://…", 2_000, language), language),
        _input("files", FILES_LABEL, {"type": "file_input", "max_files": MOST_FILES}, language, FILES_HINT),
    ]
    if recent:
        blocks.append(_input("recent", RECENT_LABEL, _recent(recent, language), language))
    blocks += [
        _input("length", LENGTH_LABEL, _select(LENGTHS, "paragraph", language), language, optional=False),
        _input("style", STYLE_LABEL, _select(STYLES, "executive", language), language, optional=False),
        _input("language", LANGUAGE_LABEL, _select({"own": MY_LANGUAGE, **LANGUAGES}, "own", language), language),
        _input("focus", FOCUS_LABEL, _typed(FOCUS_HINT, 500, language), language),
    ]
    if channel and not channel.startswith("D"):
        where = _select(WHERES, "me", language) | {"type": "radio_buttons"}
        blocks.append(_input("where", WHERE_LABEL, where, language, optional=False))
    return _modal(ORDER, (TITLE, SUBMIT), blocks, language) | {
        "private_metadata": json.dumps({"channel": channel, "language": language})
    }


def _parts_of(place: str, language: str) -> dict[str, str]:
    names = {kind: period.told(language) for kind, period in PERIODS.items()} | {"since": say(SINCE, language)}
    short_place = clipped(place, PLACE_CHARS)
    return {kind: say(IN_PLACE, language, place=short_place, period=name) for kind, name in names.items()}


def ask(language: str, about: Mapping[str, str]) -> dict[str, Any]:
    """A dialogue for a question about a message. `about` identifies the message, and Slack sends it back."""
    element = _typed("", 2_000, language) | {"multiline": True, "focus_on_load": True}
    block = _input("question", ASK_LABEL, element, language, optional=False)
    return _modal(ASK, (ASK_TITLE, ASK_SUBMIT), [block], language) | {"private_metadata": json.dumps(dict(about))}


def chosen(view: Mapping[str, Any]) -> SummaryForm:
    """The filled-in dialogue; fields that were left alone have their first value."""
    files = field_of(view, "files").get("files") or ()
    picked = field_of(view, "recent").get("selected_options") or ()
    language = _selected(view, "language")
    brief = Brief(
        length=_one_of(get_args(Length), _selected(view, "length"), "paragraph"),
        style=_one_of(get_args(Style), _selected(view, "style"), "executive"),
        language="" if language == "own" else language,
        focus=str(field_of(view, "focus").get("value") or "").strip(),
    )
    return SummaryForm(
        brief,
        _one_of(get_args(Where), _selected(view, "where"), "me"),
        _selected(view, "what") or "files",
        str(field_of(view, "link").get("value") or "").strip(),
        file_refs({"files": list(files)}),
        tuple(str(option["value"]) for option in picked),
        str(about(view).get("channel") or ""),
    )


def form_errors(form: SummaryForm, language: str) -> dict[str, str]:
    """A sentence for each wrong field, for `response_action: errors`."""
    if form.what == "link" and not (form.link or form.count):
        return {"link": say(NO_LINK, language)}
    if not (form.count or form.link or form.period):
        return {"files": say(NOTHING_CHOSEN, language)}
    if form.count > MOST_FILES:
        return {"files": say(TOO_MANY, language, most=MOST_FILES)}
    return {}


def language(view: Mapping[str, Any]) -> str:
    """The language that the dialogue is in."""
    return about(view).get("language") or "en"


def question(view: Mapping[str, Any]) -> str:
    return str(field_of(view, "question").get("value") or "").strip()


def about(view: Mapping[str, Any]) -> dict[str, str]:
    """What the bot wrote into the dialogue when it was opened. Raises PayloadMalformed."""
    return read_note(view.get("private_metadata"))


def _one_of(allowed: tuple[Any, ...], value: str, default: str) -> Any:
    return value if value in allowed else default


def _selected(view: Mapping[str, Any], block: str) -> str:
    return str((field_of(view, block).get("selected_option") or {}).get("value") or "")


def _modal(callback: str, words: tuple[str, str], blocks: list[dict[str, Any]], language: str) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": callback,
        "title": _plain(words[0], language, 24),
        "submit": _plain(words[1], language, 24),
        "close": _plain(CANCEL, language, 24),
        "blocks": blocks,
    }


def _input(
    block: str, label: str, element: dict[str, Any], language: str, hint: str = "", *, optional: bool = True
) -> dict[str, Any]:
    block_: dict[str, Any] = {
        "type": "input",
        "block_id": block,
        "label": _plain(label, language),
        "optional": optional,
        "element": {"action_id": "value", **element},
    }
    return block_ | {"hint": _plain(hint, language)} if hint else block_


def _typed(placeholder: str, most: int, language: str) -> dict[str, Any]:
    element: dict[str, Any] = {"type": "plain_text_input", "max_length": most}
    return element | {"placeholder": _plain(placeholder, language, 150)} if placeholder else element


def _select(options: Mapping[str, str], initial: str, language: str) -> dict[str, Any]:
    elements = {
        value: {"text": _plain(label, language, OPTION_CHARS), "value": value} for value, label in options.items()
    }
    return {"type": "static_select", "options": list(elements.values()), "initial_option": elements[initial]}


def _recent(files: Sequence[FileRef], language: str) -> dict[str, Any]:
    return {
        "type": "multi_static_select",
        "placeholder": _plain(RECENT_HINT, language, 150),
        "max_selected_items": MOST_FILES,
        "options": [
            {"text": {"type": "plain_text", "text": _clipped(file.name), "emoji": False}, "value": file.id}
            for file in files[:MOST_OPTIONS]
        ],
    }


def _clipped(name: str) -> str:
    return name if len(name) <= OPTION_CHARS else f"{name[: OPTION_CHARS - 13]}…{name[-12:]}"


def _plain(words: str, language: str, most: int = 2_000) -> dict[str, Any]:
    return {"type": "plain_text", "text": say(words, language)[:most]}
