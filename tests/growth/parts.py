"""All that text of others passes through whole: from the model, a person, a page, a document, Slack or Redis."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from bot import log, words
from bot.core.brief import BriefRefused
from bot.core.citations import support, transcript
from bot.core.grounding.filter import parse_marks
from bot.core.intake import links
from bot.core.model import tokens
from bot.core.people import speakers
from bot.core.ports import Person
from bot.core.prompt import thinking, view_context
from bot.core.turn import reasoning
from bot.core.webpages import diff, similarity
from bot.core.webpages.filter import changed_lines
from bot.documents.containers import mail_head
from bot.documents.detect import sniff
from bot.documents.pages import emphasis
from bot.documents.pages import links as document_links
from bot.documents.pages.builder import Draft, tidy
from bot.documents.text import encoding, html, rtf, text
from bot.documents.text import plain as plain_text
from bot.documents.text.web_page import read_web_page
from bot.glm.stream import seam
from bot.glm.stream.leaked_calls import calls_in, is_balanced
from bot.latex import latex
from bot.slack import blocks, message_size
from bot.slack.dialogs import approval_text, modals
from bot.slack.markdown import cut, inline, pings, plain, tables
from bot.slack.read import messages, names
from bot.slack.read.summaries import command_links as slack_links
from bot.slack.reply import buffer, items, reasoning_block, titles
from bot.tools import find_in_document, make_file, naming
from bot.tools.web import addresses
from bot.web import previews
from tests.growth.streams import STREAMS, TOOL, passed

Work = Callable[[str], object]


class _Known(names.Names):
    async def person(self, team: str, user: str, channel: str | None = None) -> Person:
        return Person(user, "ann")

    async def channel(self, team: str, channel: str, reader: str) -> str:
        return "general"

    async def group(self, team: str, group: str) -> str:
        return "team"


NAMES = _Known(None)  # type: ignore[arg-type]  # nothing is looked up


def done(step: Coroutine[Any, Any, object]) -> None:
    """What never waits."""
    try:
        step.send(None)
    except StopIteration:
        return
    raise AssertionError("it waits")


def _cells(shown: str) -> None:
    lines = ["| a | b |", "|---|---|", *[f"| {line} | b |" for line in shown.split("\n")[:50]]]
    grid = tables.read_table(lines)
    if not tables.is_small(grid):
        tables.as_block(tables.plain_rows(grid), tables.as_markdown(grid)[:100])


def _cut(shown: str) -> None:
    half = len(shown) // 2
    items.split_to_fit((shown[:half],), (shown[half:],), is_final=False, must_rotate=True)
    cut.closing(shown)


def _formula(shown: str) -> None:
    try:
        latex.to_unicode(shown[: latex.LONGEST])
    except latex.Unfaithful:
        return


def _message(shown: str) -> None:
    inner = [{"type": "text", "text": shown, "style": {"bold": True}}]
    rich = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": inner}]}
    section = {"type": "section", "text": {"type": "mrkdwn", "text": shown}}
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": shown}]]}
    attachments = [{"text": shown, "fields": [{"title": "a", "value": shown}]}, {"is_share": True, "text": shown}]
    message = {"text": shown, "user": "U1", "blocks": [rich, section, table], "attachments": attachments}
    messages.read_message(message)
    messages.read_message({**message, "bot_id": "B1"})


def _words_of_command(shown: str) -> None:
    try:
        slack_links.read_words(shown)
    except BriefRefused:
        return


def _addresses(shown: str) -> None:
    list(links.bare_addresses(shown))
    links.linked_files(shown)
    links.ended(shown)
    addresses.was_written("https://a.b/c", shown)


def _claim(shown: str) -> None:
    support.holds(support.Claim(shown), shown)


def _question(shown: str) -> None:
    thinking.directive(shown)
    view_context.seems_meant(shown)
    tokens.estimate_tokens(shown)
    speakers.speaker_name(shown, "U1", "bot")


def _call(shown: str) -> None:
    for body in (shown, f"zoom {shown}", f"zoom\n<arg_key>a</arg_key><arg_value>{shown}", f"zoom{{{shown}"):
        is_balanced(body)
        calls_in(body, (TOOL,))


def _said_again(shown: str) -> None:
    again = seam.Seam(shown, is_prefix=False)
    again.feed(shown)
    again.end()


def _pages_of(shown: str) -> None:
    text.read_text(shown, text.text_kind(shown, "a.csv"), Draft("csv"))
    plain_text.cleaned(shown)
    tidy(shown)
    emphasis.settled(shown)
    document_links.joined(shown)


def _bytes(shown: str) -> None:
    data = shown.encode()
    sniff.sniff(data)
    encoding.decode_text(data)
    mail_head.mended(b"Content-Type: a; " + data)
    rtf.plain_rtf(b"{\\rtf1 " + data)


def _changed(shown: str) -> None:
    changed_lines(shown, shown[::-1])
    diff._text_changes(shown, shown[::-1], "en")


def _likeness(shown: str) -> None:
    there, wanted = similarity.words_of(shown), similarity.words_of(shown[::-1])
    similarity._missing(wanted, there)


WHOLE: dict[str, Work] = {
    **{name: partial(passed, name) for name in STREAMS},
    "a cell": inline.render_inline,
    "a table": _cells,
    "words without marks": plain.plain_line,
    "lines without marks": lambda text: plain.readable(text, 10 * len(text)),
    "pings": pings.harmless,
    "a formula": _formula,
    "where a message ends": _cut,
    "how many blocks": message_size.expanding,
    "headings of a long answer": lambda shown: buffer.file_caption(shown, "en"),
    "the words of a command": _words_of_command,
    "names for ids": lambda shown: done(NAMES.readable("T1", shown, "U1")),
    "names for mentions": lambda shown: done(NAMES.named("T1", shown)),
    "a title": lambda shown: titles.title_of(shown, [shown]),
    "a reasoning": lambda shown: reasoning_block._sections(reasoning_block._mrkdwn(blocks.escape(shown))),
    "a message": _message,
    "a question to approve": lambda shown: approval_text.view("a", shown, "en"),
    "reasoning to read": lambda shown: modals.reading("a", [shown], "en"),
    "an answer to copy": lambda shown: modals.copying(shown, "en"),
    "addresses": _addresses,
    "a claim": _claim,
    "a question": _question,
    "an extract": reasoning._extract,
    "places": parse_marks,
    "a leaked call": _call,
    "an answer said once more": _said_again,
    "a transcript": lambda shown: transcript.references(shown) or transcript.parts(shown, 1_000),
    "what changed": _changed,
    "how alike": _likeness,
    "a made file": lambda shown: [make_file._harmless(shown, kind) for kind in ("csv", "txt")],
    "a file's name": lambda shown: naming.stem_of(naming.tidy(shown)),
    "words to find": lambda shown: find_in_document._pattern(find_in_document._words(shown[:200])).findall(shown),
    "a preview": lambda shown: previews._without_scripts(shown) + previews._with_scripts(shown),
    "a line of the log": lambda shown: log.SECRET.sub("", shown),
    "words of ours": lambda shown: words.retell(shown, "zh"),
    "a web page": lambda shown: read_web_page(f"<body><p>{shown}".encode(), "text/html", "https://a.b"),
    "a document's HTML": lambda shown: html.markdown(f"<table><td>{shown}", Draft("html")),
    "a document's text": _pages_of,
    "a document's bytes": _bytes,
}
