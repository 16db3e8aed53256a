"""`read_message` turns any Slack message into words and files as people see them: an event, a message of a thread, the
inner message of an edit, or a shortcut's message.

Slack shows more than `text`: blocks, and attachments with forwarded messages, previews of links, pasted tables and what
apps send. Words that the author did not write are kept apart from theirs: they are data, never a command or a mention.
All words are escaped as Slack's `text` is; `History.readable` undoes that and replaces ids by names.
"""

import re
from collections.abc import Iterable, Mapping

from bot.core.thread.inbound import FileRef, VisibleMessage
from bot.slack.blocks import escape
from bot.slack.files import file_refs
from bot.slack.payloads.values import Json, objects, string
from bot.slack.read.message_blocks import block_words, words_of
from bot.slack.read.pictures import file_of_address, file_of_picture, picture_words, slack_pictures
from bot.slack.read.references import referred_files, with_references
from bot.slack.read.rich_text import link
from bot.slack.read.work_objects import card_of, is_card

MOST_CHARS = 40_000
MOST_DEPTH = 3
NOTHING = "(no text)"
CUT = "\n[…]"
# Slack itself writes as these users (slack.md §3).
SLACK = frozenset({"USLACK", "USLACKBOT"})
FORWARDED = "Forwarded from {who}:"
SOMEBODY = "somebody"
IN_PLACE = "{who} in {place}"
DIRECT, GROUP = "a direct message", "a group conversation"
PREVIEW = "Preview of {url}:"
QUOTES = ("is_share", "is_msg_unfurl", "is_reply_unfurl", "is_thread_root_unfurl")
# Slack writes this in the place of content that it has no words for.
NO_WORDS = frozenset({
    "[no preview available]", "this message contains interactive elements.", "this content can't be displayed.",
})  # fmt: skip
_PLACE = re.compile(r"#([^\s#]+)")
_TOKEN = re.compile(r"<([@#!]?[^<>|\s]+)(?:\|[^<>]*)?>")
_QUOTE = re.compile(r"^[^\S\n]*>\s?", re.MULTILINE)
_BETWEEN = re.compile(r"[\s，。、；：！？]+")
# Signs around words that do not change their meaning: marks, quotes, brackets, the ends of sentences.
_BEFORE = "*_~`\"'“”‘’«»()[]{}|,:;!?…•◦▪"
_AROUND = f"{_BEFORE}."
_BULLETS = frozenset({"-", "–", "—"})


def read_message(message: Json, own_user: str = "") -> VisibleMessage:
    """`own_user` is our own user. Buttons and small lines under our own answers are not read as words."""
    text = _unless_placeholder(string(message.get("text")))
    files = files_of(message)
    if own_user and message.get("user") == own_user and text.strip():
        return VisibleMessage(text, files=files)
    quoted: list[str] = []
    if is_of_app(message):
        text = _cut(_joined(text, [words_of(block) for block in objects(message.get("blocks"))]))
    else:
        text, quoted = _of_person(text, objects(message.get("blocks")))
    quoted += _new_words(map(_attachment, _attachments(message)), text)
    return VisibleMessage(text, _cut("\n".join(quoted)), files)


def _of_person(text: str, blocks: list[Json]) -> tuple[str, list[str]]:
    """What a person wrote, and what else stands in their message. Their text says what their rich text says, without
    the labels of what they refer to.
    """
    typed = [block for block in blocks if block.get("type") == "rich_text"]
    others = [block for block in blocks if block.get("type") != "rich_text"]
    text, missing = with_references(text, typed) if text.strip() else (block_words(typed), [])
    return text, _new_words([*map(words_of, others), *missing], text)


def own_words(message: Json) -> str:
    """The author's words, without what Slack adds later by itself, such as the preview of a link."""
    return read_message({**message, "attachments": [], "files": [], "metadata": {}}).words


# -- words ------------------------------------------------------------------------------------------------------------


def is_of_app(message: Json) -> bool:
    """Whether an app, a workflow or Slack itself sent the message, and no person."""
    return (
        bool(message.get("bot_id")) or message.get("subtype") == "bot_message" or string(message.get("user")) in SLACK
    )


def _joined(text: str, blocks: list[str]) -> str:
    """The text and the blocks of an app's message, without repeating the text, which often only repeats the blocks."""
    block_text = "\n".join(filter(None, blocks))
    if not text.strip() or _contains(_normalised(block_text), _normalised(text)):
        return block_text or text
    return f"{text}\n{block_text}" if any(_new_words(blocks, text)) else text


def _new_words(parts: Iterable[str], before: str) -> list[str]:
    """The parts that `before` does not contain already, up to MOST_CHARS. Parts that repeat each other all stay."""
    added: list[str] = []
    known, length = _normalised(before), 0
    for words in parts:
        if words.strip() and words.strip() != before.strip() and not _contains(known, _normalised(words)):
            added.append(words)
            length += len(words)
        if length > MOST_CHARS:
            break
    return added


def _contains(text: str, part: str) -> bool:
    """Whether the normalised part stands in the normalised text. A part without letters and digits never does."""
    return any(map(str.isalnum, part)) and f" {part} " in f" {text} "


def _normalised(words: str) -> str:
    """The words without marks and labels, but with the signs that mean something: `✅ db-1` is not `❌ db-1`, and `-12
    %` is not `+12 %`.
    """
    plain = _TOKEN.sub(r"\1", words).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    pieces = _BETWEEN.split(_QUOTE.sub("", plain).casefold())
    stripped = (piece.lstrip(_BEFORE).rstrip(_AROUND) for piece in pieces)
    return " ".join(piece for piece in stripped if piece and piece not in _BULLETS)


def _cut(words: str) -> str:
    return words if len(words) <= MOST_CHARS else words[:MOST_CHARS] + CUT


# -- attachments ------------------------------------------------------------------------------------------------------


def _attachments(message: Json) -> list[Json]:
    """The message's attachments. Cards that an app has sent as metadata are in them as soon as Slack shows them."""
    attachments, metadata = objects(message.get("attachments")), message.get("metadata")
    if any(map(is_card, attachments)) or not isinstance(metadata, Mapping):
        return attachments
    return [*attachments, *objects(metadata.get("entities"))]


def _attachment(one: Json, depth: int = 0) -> str:
    if depth > MOST_DEPTH:
        return ""
    if any(one.get(name) for name in QUOTES):
        return f"{FORWARDED.format(who=_origin(one))}\n{_quoted(one, depth) or NOTHING}"
    words = _card(one)
    url = string(one.get("from_url")) or string(one.get("original_url"))
    return f"{PREVIEW.format(url=link(escape(url), ''))}\n{words}" if words and url else words


def _quoted(one: Json, depth: int) -> str:
    """The words of a forwarded or linked message, with the messages that it quotes itself."""
    inner = _inner(one)
    text, parts = _card({**one, "footer": "", "author_name": ""}, with_fallback=False), []
    for message in inner:
        parts += [words_of(block) for block in objects(message.get("blocks"))] or [string(message.get("text"))]
    words = _joined(text, parts) or _fallback(one)
    nested = [_attachment(other, depth + 1) for message in (one, *inner) for other in _nested(message)]
    return "\n".join([*filter(None, [words]), *_new_words(nested, words)])


def _inner(one: Json) -> list[Json]:
    """The quoted messages. Slack wraps a message's blocks in a message; some payloads hold only blocks or a message."""
    wrapped = [*objects(one.get("message_blocks")), *([one] if "message" in one else [])]
    messages = [block["message"] for block in wrapped if isinstance(block.get("message"), Mapping)]
    bare = [block for block in wrapped if isinstance(block.get("type"), str) and "message" not in block]
    return [*messages, {"blocks": bare}] if bare else messages


def _nested(one: Json) -> list[Json]:
    return objects(one.get("attachments"))


def _origin(one: Json) -> str:
    """The author and the place of a quoted message, as far as they are known."""
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
    """An app's attachment, or the preview of a link: title, text, fields and the rest, each on a line."""
    title = link(escape(string(one.get("title_link"))), string(one.get("title")))
    head = [string(one.get("pretext")), string(one.get("author_name")), title]
    head = [words for at, words in enumerate(head) if words and words not in head[:at]]
    body = _joined(string(one.get("text")), [words_of(block) for block in objects(one.get("blocks"))])
    fields = [_field(field) for field in objects(one.get("fields"))]
    buttons = [_button(action) for action in objects(one.get("actions"))]
    lines = [*head, *_new_words([body], "\n".join(head)), *_new_words([*fields, *buttons], "")]
    lines += [*_new_words(card_of(one), "\n".join(lines)), *_picture(one)]
    if not lines and with_fallback:
        lines = [words] if (words := _fallback(one)) else []
    footer = string(one.get("footer"))
    return "\n".join([*lines, *([footer] if lines and footer else [])])


def _fallback(one: Json) -> str:
    return _unless_placeholder(string(one.get("fallback")))


def _unless_placeholder(words: str) -> str:
    return "" if words.strip().casefold() in NO_WORDS else words


def _picture(one: Json) -> list[str]:
    """The address of an alert's picture that is no file on Slack, and so is not read."""
    words = "" if one.get("from_url") else picture_words(string(one.get("image_url")))
    return [words] if words else []


def _field(field: Json) -> str:
    title, value = string(field.get("title")), field.get("value")
    value = str(value) if isinstance(value, int | float) else string(value)
    return f"{title}: {value}" if title and value else title or value


def _button(action: Json) -> str:
    url = escape(string(action.get("url")))
    return link(url, string(action.get("text"))) if url else ""


# -- files ------------------------------------------------------------------------------------------------------------


def files_of(message: Json) -> tuple[FileRef, ...]:
    """The files of the message and of the messages it quotes, and the pictures that are files on Slack; each once."""
    found: dict[str, FileRef] = {}
    for file in _all_files(message, 0):
        before = found.get(file.id)
        # Of two entries of one file, the one with the address is taken.
        if before is None or (file.url and not before.url):
            found[file.id] = file
    return tuple(found.values())


def with_named_files(files: tuple[FileRef, ...], message: Json) -> tuple[FileRef, ...]:
    """The files of a message that asks, with those that it names by id. Others' messages may name very many, and each
    has to be looked up.
    """
    known = {file.id for file in files}
    return (*files, *(file for file in referred_files(message.get("blocks")) if file.id not in known))


def _all_files(message: Json, depth: int) -> Iterable[FileRef]:
    if depth > MOST_DEPTH:
        return
    yield from file_refs({"files": objects(message.get("files"))})
    for block in objects(message.get("blocks")):
        if block.get("type") == "file" and isinstance(block.get("file"), Mapping):
            yield from file_refs({"files": [block["file"]]})
    yield from filter(None, map(file_of_picture, slack_pictures(message.get("blocks"))))
    for inner in (*_inner(message), *_nested(message)):
        yield from _all_files(inner, depth + 1)
    if not depth:
        return
    for name in ("image_url", "url"):
        file = file_of_address(string(message.get(name)), string(message.get("title")))
        if file is not None:
            yield file
