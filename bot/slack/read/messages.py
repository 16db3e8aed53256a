"""A message as people see it: the one way from any Slack message (an event, a message read back, the inner message of
an edit, a shortcut's) to words and files.

Slack shows more than `text`: blocks, and attachments with what was forwarded, unfurled, pasted as a table or sent by
an app. What the author did not write is kept apart from their words: it is data, never a command or a mention.
All words are escaped as Slack's `text` is; `History.readable` undoes that and puts names for ids.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from bot.core.thread.inbound import LINKED, FileRef, VisibleMessage
from bot.slack.blocks import escape
from bot.slack.files import FILES_HOST, file_refs
from bot.slack.read.message_blocks import PICTURE, block_words, slack_pictures, words_of
from bot.slack.read.rich_text import Json, link, objects, string

MOST_CHARS = 40_000
MOST_DEPTH = 3
NOTHING = "(no text)"
CUT = "\n[…]"
# Slack itself speaks as these users (slack.md §3).
SLACK = frozenset({"USLACK", "USLACKBOT"})
FORWARDED = "Forwarded from {who}:"
SOMEBODY = "somebody"
IN_PLACE = "{who} in {place}"
DIRECT, GROUP = "a direct message", "a group conversation"
PREVIEW = "Preview of {url}:"
QUOTES = ("is_share", "is_msg_unfurl", "is_reply_unfurl", "is_thread_root_unfurl")
# Slack says this where it has no words for what it shows.
NO_WORDS = frozenset({
    "[no preview available]", "this message contains interactive elements.", "this content can't be displayed.",
})  # fmt: skip
_FILE_ID = re.compile(r"/files-(?:pri|tmb)/[TE][A-Z0-9]+-(F[A-Z0-9]+)")
_PLACE = re.compile(r"#([^\s#]+)")
_TOKEN = re.compile(r"<([@#!]?[^<>|\s]+)(?:\|[^<>]*)?>")
_QUOTE = re.compile(r"^[^\S\n]*>\s?", re.MULTILINE)
_BETWEEN = re.compile(r"[\s，。、；：！？]+")
# What stands around words and does not change what they say: marks, quotes, brackets, the ends of sentences.
_BEFORE = "*_~`\"'“”‘’«»()[]{}|,:;!?…•◦▪"
_AROUND = f"{_BEFORE}."
_BULLETS = frozenset({"-", "–", "—"})


def read_message(message: Json, own_user: str = "") -> VisibleMessage:
    """`own_user`: our own user; of our own messages the buttons and small lines under an answer are not its words."""
    text = _unless_placeholder(string(message.get("text")))
    files = files_of(message)
    if own_user and message.get("user") == own_user and text.strip():
        return VisibleMessage(text, files=files)
    blocks = objects(message.get("blocks"))
    if not is_of_app(message):
        typed = [block for block in blocks if block.get("type") == "rich_text"]
        blocks = [block for block in blocks if block.get("type") != "rich_text"]
        text = text if text.strip() else block_words(typed)
        said = [*_adding(map(words_of, blocks), text)]
    else:
        text, said = _cut(_joined(text, [words_of(block) for block in blocks])), []
    said += _adding((_attachment(one) for one in objects(message.get("attachments"))), text)
    return VisibleMessage(text, _cut("\n".join(said)), files)


def own_words(message: Json) -> str:
    """What the author wrote, without what Slack adds by itself later, such as the preview of a link."""
    return read_message({**message, "attachments": [], "files": []}).words


# -- words ------------------------------------------------------------------------------------------------------------


def is_of_app(message: Json) -> bool:
    """An app sent it, or a workflow, or Slack itself; no person."""
    return (
        bool(message.get("bot_id")) or message.get("subtype") == "bot_message" or string(message.get("user")) in SLACK
    )


def _joined(text: str, blocks: list[str]) -> str:
    """Text and blocks of an app: the text is often what the blocks say once more, for notifications."""
    whole = "\n".join(filter(None, blocks))
    if not text.strip() or _says(_bare(whole), _bare(text)):
        return whole or text
    return f"{text}\n{whole}" if any(_adding(blocks, text)) else text


def _adding(said: Iterable[str], before: str) -> list[str]:
    """What `before` does not say already, as far as it is read at all. What they say twice people see twice."""
    added: list[str] = []
    known, length = _bare(before), 0
    for words in said:
        if words.strip() and words.strip() != before.strip() and not _says(known, _bare(words)):
            added.append(words)
            length += len(words)
        if length > MOST_CHARS:
            break
    return added


def _says(whole: str, part: str) -> bool:
    """Whether these words stand there, whatever their marks and labels were. What is all signs is said by nothing."""
    return any(map(str.isalnum, part)) and f" {part} " in f" {whole} "


def _bare(words: str) -> str:
    """The words and the signs that say something: `✅ db-1` is not `❌ db-1`, nor `-12 %` what `+12 %` is."""
    plain = _TOKEN.sub(r"\1", words).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    pieces = _BETWEEN.split(_QUOTE.sub("", plain).casefold())
    bare = (piece.lstrip(_BEFORE).rstrip(_AROUND) for piece in pieces)
    return " ".join(one for one in bare if one and one not in _BULLETS)


def _cut(words: str) -> str:
    return words if len(words) <= MOST_CHARS else words[:MOST_CHARS] + CUT


# -- attachments ------------------------------------------------------------------------------------------------------


def _attachment(one: Json, depth: int = 0) -> str:
    if depth > MOST_DEPTH:
        return ""
    if any(one.get(name) for name in QUOTES):
        return f"{FORWARDED.format(who=_origin(one))}\n{_quoted(one, depth) or NOTHING}"
    words = _card(one)
    url = string(one.get("from_url")) or string(one.get("original_url"))
    return f"{PREVIEW.format(url=link(escape(url), ''))}\n{words}" if words and url else words


def _quoted(one: Json, depth: int) -> str:
    """The words of a message that was forwarded or linked to, with what that one quotes in its turn."""
    inner = _inner(one)
    text, said = _card({**one, "footer": "", "author_name": ""}, with_fallback=False), []
    for message in inner:
        said += [words_of(block) for block in objects(message.get("blocks"))] or [string(message.get("text"))]
    words = _joined(text, said) or _fallback(one)
    nested = [_attachment(other, depth + 1) for message in (one, *inner) for other in _nested(message)]
    return "\n".join([*filter(None, [words]), *_adding(nested, words)])


def _inner(one: Json) -> list[Json]:
    """Slack wraps the message's blocks in a message of their own; some give the bare blocks, or the bare message."""
    wrapped = [*objects(one.get("message_blocks")), *([one] if "message" in one else [])]
    messages = [block["message"] for block in wrapped if isinstance(block.get("message"), Mapping)]
    bare = [block for block in wrapped if isinstance(block.get("type"), str) and "message" not in block]
    return [*messages, {"blocks": bare}] if bare else messages


def _nested(one: Json) -> list[Json]:
    return objects(one.get("attachments"))


def _origin(one: Json) -> str:
    """Who said it and where, as far as it is known."""
    author = string(one.get("author_id"))
    who = string(one.get("author_name")) or string(one.get("author_subname"))
    who = who or (f"<@{author}>" if author.isalnum() else SOMEBODY)
    place = _place(one)
    return IN_PLACE.format(who=who, place=place) if place else who


def _place(one: Json) -> str:
    channel, name = string(one.get("channel_id")), string(one.get("channel_name")).lstrip("#")
    if name.startswith(("mpdm-", "Group")):
        return GROUP
    if channel.startswith("D") or " " in name:
        return DIRECT
    named = _PLACE.search(string(one.get("footer")))
    if name or named:
        return f"#{escape(name) or (named[1] if named else '')}"
    return f"<#{channel}>" if channel.isalnum() else ""


def _card(one: Json, *, with_fallback: bool = True) -> str:
    """What apps send, and what Slack shows of a link: title, text, fields and the rest, each in a line."""
    title = link(escape(string(one.get("title_link"))), string(one.get("title")))
    head = [string(one.get("pretext")), string(one.get("author_name")), title]
    head = [words for at, words in enumerate(head) if words and words not in head[:at]]
    body = _joined(string(one.get("text")), [words_of(block) for block in objects(one.get("blocks"))])
    fields = [_field(field) for field in objects(one.get("fields"))]
    buttons = [_button(action) for action in objects(one.get("actions"))]
    said = [*head, *_adding([body], "\n".join(head)), *_adding([*fields, *buttons], ""), *_elsewhere(one)]
    if not said and with_fallback:
        said = [words] if (words := _fallback(one)) else []
    footer = string(one.get("footer"))
    return "\n".join([*said, *([footer] if said and footer else [])])


def _fallback(one: Json) -> str:
    return _unless_placeholder(string(one.get("fallback")))


def _unless_placeholder(words: str) -> str:
    return "" if words.strip().casefold() in NO_WORDS else words


def _elsewhere(one: Json) -> list[str]:
    """The picture of an alert that is no file on Slack: its address, for what is not shown here."""
    url = string(one.get("image_url"))
    is_file = _of_address(url, "") is not None
    return [PICTURE.format(words=link(escape(url), ""))] if url and not is_file and not one.get("from_url") else []


def _field(field: Json) -> str:
    title, value = string(field.get("title")), field.get("value")
    value = str(value) if isinstance(value, int | float) else string(value)
    return f"{title}: {value}" if title and value else title or value


def _button(action: Json) -> str:
    url = escape(string(action.get("url")))
    return link(url, string(action.get("text"))) if url else ""


# -- files ------------------------------------------------------------------------------------------------------------


def files_of(message: Json) -> tuple[FileRef, ...]:
    """Those of the message, of what it quotes, and the pictures in it that are files on Slack; each once."""
    found: dict[str, FileRef] = {}
    for file in _all_files(message, 0):
        before = found.get(file.id)
        # Of twins the one counts that says where the file is.
        if before is None or (file.url and not before.url):
            found[file.id] = file
    return tuple(found.values())


def _all_files(message: Json, depth: int) -> Iterable[FileRef]:
    if depth > MOST_DEPTH:
        return
    yield from file_refs({"files": objects(message.get("files"))})
    for block in objects(message.get("blocks")):
        if block.get("type") == "file" and isinstance(block.get("file"), Mapping):
            yield from file_refs({"files": [block["file"]]})
    yield from filter(None, map(_of_picture, slack_pictures(message.get("blocks"))))
    for inner in (*_inner(message), *_nested(message)):
        yield from _all_files(inner, depth + 1)
    if not depth:
        return
    for name in ("image_url", "url"):
        file = _of_address(string(message.get(name)), string(message.get("title")))
        if file is not None:
            yield file


def _of_picture(image: Json) -> FileRef | None:
    """A picture in a block: Slack has checked that the app which posted it may show this file."""
    about = string(image.get("alt_text"))
    slack_file = image.get("slack_file")
    held: Json = slack_file if isinstance(slack_file, Mapping) else {}
    file_id = string(held.get("id"))
    if file_id:
        return FileRef(file_id, about or file_id)
    file = _of_address(string(held.get("url")) or string(image.get("image_url")), about)
    return FileRef(file.id, file.name) if file and held else file


def _of_address(url: str, about: str) -> FileRef | None:
    """A file that only an address names: anybody can write one, so the asker must be able to see it (`LINKED`)."""
    parts = _split(url)
    found = _FILE_ID.match(parts[1]) if parts[0] == FILES_HOST else None
    if found is None:
        return None
    name = parts[1].rsplit("/", 1)[-1]
    return FileRef(found[1], name or about or found[1], mode=LINKED)


def _split(url: str) -> tuple[str, str]:
    try:
        parts: Any = urlsplit(url)
        return str(parts.hostname or ""), str(parts.path)
    except ValueError:
        return "", ""
